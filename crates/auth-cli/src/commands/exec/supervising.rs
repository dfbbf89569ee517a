//! A program that lives longer than a token.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use auth_core::{Access, Authenticator, Credential};

use super::renewal::Renewal;
use super::token_file::TokenFile;
use crate::failure::Failure;
use crate::program::child::Child;
use crate::program::signals::Signals;
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
        let mut signals = Signals::listen()?;
        let mut renewal = Renewal::new(self.auth, first);
        loop {
            let end = self.auth.status().expires_at();
            let token = renewal.current().secret();
            let command = self.command(&Variables::with_token(self.access, token, end, self.named)?);
            let mut child = match Child::start(command, self.program) {
                Ok(child) => child,
                Err(code) => return Ok(code),
            };
            loop {
                tokio::select! {
                    ended = child.next(&mut signals) => {
                        if let Some(code) = ended? {
                            return Ok(code);
                        }
                    }
                    // One that is about to end is left to do so with what it has. The branch is looked at anew after each signal.
                    _ = renewal.next(), if !child.is_ending() => break,
                }
            }
            let ended = child.ended_within(grace, &mut signals).await;
            if child.is_ending() {
                return ended;
            }
        }
    }

    /// With the token in a file, which is rewritten.
    pub(super) async fn with_file(self, first: Credential, path: Option<&Path>) -> Result<ExitCode, Failure> {
        let mut file = TokenFile::create(path)?;
        file.write(&first)?;
        let mut signals = Signals::listen()?;
        let mut renewal = Renewal::new(self.auth, first);
        let command = self.command(&Variables::with_file(self.access, file.path(), self.named)?);
        let mut child = match Child::start(command, self.program) {
            Ok(child) => child,
            Err(code) => return Ok(code),
        };
        loop {
            tokio::select! {
                ended = child.end(&mut signals) => return ended,
                credential = renewal.next() => file.rewrite(credential),
            }
        }
    }
}

/// Without anything to renew, where a program can't take this one's place.
#[cfg(not(unix))]
pub(super) async fn wait(command: Command, program: &[OsString]) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen()?;
    match Child::start(command, program) {
        Ok(mut child) => child.end(&mut signals).await,
        Err(code) => Ok(code),
    }
}
