//! One shell, in which commands are typed one after the other: what one leaves, the next finds.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout};

use crate::rig::User;

/// Longer than anything takes, so that what hangs fails.
const LIMIT: Duration = Duration::from_secs(60);

/// What stands between the output of two commands.
const MARK: &str = "\u{1}end of the command, which came to ";

/// Takes a line at a time, so that a shell that is started by one finds the next: a shell that reads its commands from a pipe
/// by itself may take more than it executes. Both streams are one, as on a terminal.
const SHELL: &str = "exec 2>&1; while IFS= read -r line; do eval \"$line\"; done";

/// A shell, also when a command has started another in it.
pub(super) struct Session {
    shell: Child,
    input: ChildStdin,
    output: ChildStdout,
    /// What was printed and not looked at.
    unread: String,
    /// Has a file for each command, so that its lines may be many. A file each: the one of a command that started a shell is
    /// still being read.
    scratch: PathBuf,
    typed: usize,
}

impl Session {
    /// In the user's home folder, with `authctl` on the path.
    pub(super) fn start(user: &User, scratch: PathBuf) -> Self {
        let mut shell =
            user.program("sh").args(["-c", SHELL]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (shell.stdin.take().unwrap(), shell.stdout.take().unwrap());
        Self { shell, input, output, unread: String::new(), scratch, typed: 0 }
    }

    /// What a command printed, and its exit code. One that starts a shell came to 0 when that shell asks for the next.
    pub(super) async fn run(&mut self, command: &str) -> (String, i32) {
        self.typed += 1;
        let path = self.scratch.join(format!("{:03}", self.typed));
        fs::write(&path, command).unwrap();
        let path = path.display();
        let lines = format!(". '{path}'; came_to=$?\nprintf '\\n{MARK}%s\\n' \"${{came_to-0}}\"\n");
        self.input.write_all(lines.as_bytes()).await.unwrap();
        tokio::time::timeout(LIMIT, self.until_marked()).await.unwrap_or_else(|_| {
            panic!("`{}` has not ended; it printed:\n{}", command.trim_end(), self.unread);
        })
    }

    async fn until_marked(&mut self) -> (String, i32) {
        loop {
            if let Some((printed, rest)) = self.unread.split_once(&format!("\n{MARK}"))
                && let Some((code, rest)) = rest.split_once('\n')
            {
                let ended = (printed.to_owned(), code.parse().unwrap());
                self.unread = rest.to_owned();
                return ended;
            }
            assert!(self.read().await, "the shell has ended; it printed:\n{}", self.unread);
        }
    }

    /// Whether there was more.
    async fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let length = self.output.read(&mut bytes).await.unwrap();
        self.unread += str::from_utf8(&bytes[..length]).expect("a piece of the output is UTF-8");
        length > 0
    }

    /// Ends the shell as Ctrl-D does, and the shells in it. Nothing is left that holds its output open.
    pub(super) async fn end(mut self) -> String {
        drop(self.input);
        let mut rest = self.unread;
        let ended = async {
            self.output.read_to_string(&mut rest).await.unwrap();
            self.shell.wait().await.unwrap()
        };
        let status = tokio::time::timeout(LIMIT, ended).await.expect("something of the session goes on after its end");
        assert!(status.success(), "the session ended with {status}: {rest}");
        rest
    }
}
