//! A program of ours that serves until it is told to end.

use std::ffi::{OsStr, OsString};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Program {
    path: OsString,
    config: Option<String>,
}

/// One that runs, in a home of its own.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Lines<BufReader<ChildStdout>>,
    log: Arc<Mutex<String>>,
    reading: JoinHandle<()>,
    _home: TempDir,
}

impl Program {
    pub(crate) fn new(path: &OsStr) -> Self {
        Self { path: std::path::absolute(path).unwrap().into(), config: None }
    }

    pub(crate) fn with_config(&self, toml: &str) -> Self {
        Self { path: self.path.clone(), config: Some(toml.to_owned()) }
    }

    pub(crate) fn start(&self, arguments: &[&str], variables: &[(&str, String)]) -> Running {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("config.toml");
        let mut command = Command::new(&self.path);
        command.args(arguments).env_clear().env("HOME", home.path()).current_dir(home.path()).kill_on_drop(true);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        if let Some(toml) = &self.config {
            std::fs::write(&config, toml).unwrap();
            command.env("AUTHCTL_CONFIG", config);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let (stdin, mut lines) = (child.stdin.take(), BufReader::new(child.stderr.take().unwrap()).lines());
        let log: Arc<Mutex<String>> = Arc::default();
        let written = Arc::clone(&log);
        let reading = tokio::spawn(async move {
            while let Some(line) = lines.next_line().await.unwrap() {
                *written.lock().unwrap_or_else(PoisonError::into_inner) += &(line + "\n");
            }
        });
        Running { child, stdin, stdout, log, reading, _home: home }
    }
}

impl Running {
    /// The next line on stdout.
    pub(crate) async fn line(&mut self) -> String {
        let line = tokio::time::timeout(PATIENCE, self.stdout.next_line()).await.expect("a line");
        line.unwrap().unwrap_or_else(|| panic!("it has ended: {}", self.log()))
    }

    /// What it said so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it, as a supervisor does, and returns what it said.
    #[cfg(unix)]
    pub(crate) async fn terminated(self) -> String {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGTERM).unwrap();
        self.ended().await
    }

    /// Ends its stdin, and returns what it said that was not read yet: first stdout, then the log.
    pub(crate) async fn ended(mut self) -> String {
        drop(self.stdin.take());
        let mut rest = String::new();
        let all = async {
            self.stdout.get_mut().read_to_string(&mut rest).await.unwrap();
            self.child.wait().await.unwrap()
        };
        let status = tokio::time::timeout(PATIENCE, all).await.expect("it ends");
        assert!(status.success(), "{status}");
        self.reading.await.unwrap();
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner).clone();
        rest + &log
    }
}
