//! Every command, as it is run here.

use std::process::Stdio;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::scenes::Scene;
use crate::rig::Ended;

/// One command line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) command: &'static str,
    /// Divided at spaces; `{..}` is a place of the scene's.
    pub(super) arguments: &'static str,
    pub(super) stdin: &'static str,
    /// Whether that is what it is for.
    pub(super) prints_token: bool,
    /// How it ends where nothing is wrong.
    pub(super) code: i32,
    /// Whether it goes on until it is told to end, which is once it has printed a line.
    pub(super) serves: bool,
}

const fn row(command: &'static str, arguments: &'static str) -> Row {
    Row { command, arguments, stdin: "", prints_token: false, code: 0, serves: false }
}

const fn printing(command: &'static str, arguments: &'static str) -> Row {
    Row { prints_token: true, ..row(command, arguments) }
}

/// In the order of the help.
pub(super) const ROWS: &[Row] = &[
    printing("token", ""),
    printing("token", "--profile file"),
    printing("token", "--profile variable"),
    printing("token", "--profile skyflow"),
    printing("token", "--profile oauth"),
    Row { serves: true, ..row("proxy", "") },
    row("whoami", ""),
    row("sources", ""),
    row("doctor", ""),
    row("emulator", "-- true"),
    row("completions", "bash"),
];

impl Row {
    /// What came of it, at `-vv`.
    pub(super) async fn run(&self, scene: &Scene) -> Ended {
        let line = format!("-vv --timeout 10s --dotenv {} {} {}", scene.dotenv.display(), self.command, self.arguments);
        let words = line.split_whitespace().map(|word| scene.filled_in(word));
        let mut command = scene.user.authctl(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may have ended without reading it.
        let _ = child.stdin.take().unwrap().write_all(self.stdin.as_bytes()).await;
        if !self.serves {
            return Ended::of(child.wait_with_output().await.unwrap());
        }
        let mut first = Vec::new();
        let mut stdout = child.stdout.take().unwrap();
        while !first.contains(&b'\n') && stdout.read_buf(&mut first).await.unwrap() > 0 {}
        child.start_kill().unwrap();
        stdout.read_to_end(&mut first).await.unwrap();
        let mut output = child.wait_with_output().await.unwrap();
        output.stdout = first;
        Ended { code: Some(self.code), ..Ended::of(output) }
    }
}
