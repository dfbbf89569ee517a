//! A program from its start to its end.

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode};
use std::time::Duration;

use auth_core::adapter::io_reason;

use super::signals::{self, Signals};
use super::status;
use crate::failure::Failure;

/// A program that runs.
#[derive(Debug)]
pub(crate) struct Child {
    inner: tokio::process::Child,
    is_ending: bool,
}

impl Child {
    /// Starts it. That it can't be is told, and comes to a code that shells have for it; `program` is what was typed.
    pub(crate) fn start(command: Command, program: &[OsString]) -> Result<Self, ExitCode> {
        match tokio::process::Command::from(command).spawn() {
            Ok(inner) => Ok(Self { inner, is_ending: false }),
            Err(error) => Err(status::not_started(&error, program)),
        }
    }

    /// Waits for its end, at which there is a code, or for a signal, which it is given if it has not had it. Dropping the future
    /// and calling again changes nothing.
    pub(crate) async fn next(&mut self, signals: &mut Signals) -> Result<Option<ExitCode>, Failure> {
        tokio::select! {
            ended = self.inner.wait() => code(ended).map(Some),
            received = signals.next() => {
                if received.is_sent {
                    signals::send(&self.inner, received.signal);
                }
                self.is_ending |= received.is_end;
                Ok(None)
            }
        }
    }

    /// Waits for its end.
    pub(crate) async fn end(&mut self, signals: &mut Signals) -> Result<ExitCode, Failure> {
        loop {
            if let Some(code) = self.next(signals).await? {
                return Ok(code);
            }
        }
    }

    /// Asks it to end, and kills it if it has not after this time.
    pub(crate) async fn ended_within(&mut self, grace: Duration, signals: &mut Signals) -> Result<ExitCode, Failure> {
        signals::ask_to_end(&mut self.inner);
        if let Ok(ended) = tokio::time::timeout(grace, self.end(signals)).await {
            return ended;
        }
        // It fails only for one that has ended.
        let _ = self.inner.start_kill();
        code(self.inner.wait().await)
    }

    /// Whether somebody else has asked it to end.
    pub(crate) fn is_ending(&self) -> bool {
        self.is_ending
    }
}

fn code(ended: io::Result<std::process::ExitStatus>) -> Result<ExitCode, Failure> {
    ended
        .map(status::of)
        .map_err(|error| Failure::failed(format!("the program can't be waited for: {}", io_reason(error.kind()))))
}
