//! A program that lives longer than a token.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use auth_core::adapter::io_reason;
use auth_core::{Access, Authenticator, Credential};
use tokio::process::Child;

use super::renewal::Renewal;
use super::signals::{self, Signals};
use super::status;
use super::token_file::TokenFile;
use crate::failure::Failure;
use crate::variables::Variables;

/// A program, and whose credential it gets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Supervised<'a> {
    pub(super) program: &'a [OsString],
    pub(super) named: &'a [String],
    pub(super) access: &'a Access,
    pub(super) auth: &'a Authenticator,
}

impl Supervised<'_> {
    /// The program with these variables besides those that are there; stdin, stdout and stderr are its own.
    pub(super) fn command(&self, variables: &Variables) -> Command {
        // clap wants at least one.
        let nothing = OsString::new();
        let (program, arguments) = self.program.split_first().unwrap_or((&nothing, &[]));
        let mut command = Command::new(program);
        command.args(arguments);
        for name in variables.outdated(self.access) {
            command.env_remove(name);
        }
        command.envs(variables.iter().map(|(name, value)| (name, value.expose())));
        command
    }

    /// With the token in variables, and started again with each that follows.
    pub(super) async fn restarted(self, first: Credential, grace: Duration) -> Result<ExitCode, Failure> {
        let mut signals = listen()?;
        let mut renewal = Renewal::new(self.auth, first);
        let mut is_ending = false;
        loop {
            let end = self.auth.status().expires_at();
            let token = renewal.current().secret();
            let command = self.command(&Variables::with_token(self.access, token, end, self.named)?);
            let mut child = match start(command) {
                Ok(child) => child,
                Err(error) => return Ok(status::not_started(&error, self.program)),
            };
            loop {
                tokio::select! {
                    ended = child.wait() => return code(ended),
                    received = signals.next() => is_ending |= pass_on(&child, received),
                    // One that is about to end is left to do so with what it has.
                    _ = renewal.next(), if !is_ending => break,
                }
            }
            signals::ask_to_end(&mut child);
            let killed = tokio::time::sleep(grace);
            tokio::pin!(killed);
            let ended = loop {
                tokio::select! {
                    ended = child.wait() => break ended,
                    received = signals.next() => is_ending |= pass_on(&child, received),
                    () = &mut killed => {
                        // It fails only for one that has ended.
                        let _ = child.start_kill();
                        break child.wait().await;
                    }
                }
            };
            if is_ending {
                return code(ended);
            }
        }
    }

    /// With the token in a file, which is rewritten.
    pub(super) async fn with_file(self, first: Credential, path: Option<&Path>) -> Result<ExitCode, Failure> {
        let mut file = TokenFile::create(path)?;
        file.write(&first)?;
        let mut signals = listen()?;
        let mut renewal = Renewal::new(self.auth, first);
        let command = self.command(&Variables::with_file(self.access, file.path(), self.named)?);
        let mut child = match start(command) {
            Ok(child) => child,
            Err(error) => return Ok(status::not_started(&error, self.program)),
        };
        loop {
            tokio::select! {
                ended = child.wait() => return code(ended),
                received = signals.next() => drop(pass_on(&child, received)),
                credential = renewal.next() => file.rewrite(credential),
            }
        }
    }
}

/// Without anything to renew, where a program can't take this one's place.
#[cfg(not(unix))]
pub(super) async fn wait(command: Command, program: &[OsString]) -> Result<ExitCode, Failure> {
    let mut signals = listen()?;
    let mut child = match start(command) {
        Ok(child) => child,
        Err(error) => return Ok(status::not_started(&error, program)),
    };
    loop {
        tokio::select! {
            ended = child.wait() => return code(ended),
            received = signals.next() => drop(pass_on(&child, received)),
        }
    }
}

fn start(command: Command) -> std::io::Result<Child> {
    tokio::process::Command::from(command).spawn()
}

fn listen() -> Result<Signals, Failure> {
    Signals::listen()
        .map_err(|error| Failure::failed(format!("signals can't be received: {}", io_reason(error.kind()))))
}

fn code(ended: std::io::Result<std::process::ExitStatus>) -> Result<ExitCode, Failure> {
    let failed = |error: std::io::Error| {
        Failure::failed(format!("the program can't be waited for: {}", io_reason(error.kind())))
    };
    ended.map(status::of).map_err(failed)
}

/// Gives the program what it has not had. Whether it was an end that is asked for.
fn pass_on(child: &Child, received: signals::Received) -> bool {
    if received.is_sent {
        signals::send(child, received.signal);
    }
    received.is_end
}
