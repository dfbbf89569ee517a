//! A program that ends when its standard input does, so also when this one is killed.

use std::ffi::OsStr;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Child {
    child: tokio::process::Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    log: Arc<Mutex<String>>,
    reading: JoinHandle<()>,
}

impl Child {
    pub(crate) fn start(program: &OsStr, arguments: &[&OsStr], variables: &[(&str, String)]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).envs(variables.iter().map(|(name, value)| (name, value))).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let log: Arc<Mutex<String>> = Arc::default();
        let reading = tokio::spawn(keep(child.stderr.take().unwrap(), Arc::clone(&log)));
        Self { child, stdin, stdout, log, reading }
    }

    pub(crate) async fn write_line(&mut self, line: &str) {
        self.stdin.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    pub(crate) async fn line(&mut self) -> String {
        let line = tokio::time::timeout(PATIENCE, self.stdout.next_line()).await.expect("a line");
        line.unwrap().unwrap_or_else(|| panic!("it has ended: {}", self.log()))
    }

    /// What it has written on its standard error.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it, and returns all that it has written.
    pub(crate) async fn ended(mut self) -> String {
        drop(self.stdin);
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
        self.reading.await.unwrap();
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner).clone();
        while let Ok(Some(line)) = self.stdout.next_line().await {
            log += &line;
        }
        log
    }
}

async fn keep(from: impl AsyncRead + Unpin, log: Arc<Mutex<String>>) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        *log.lock().unwrap_or_else(PoisonError::into_inner) += &(line + "\n");
    }
}
