//! What can be wrong with running a helper program, and what to do about it.

use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use super::output::OutputError;
use super::program::shown;
use crate::adapter::io_reason;
use crate::{Error, ErrorKind};

/// Why a helper brought no token. Messages name its file, never its arguments or what it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// No folder of the `PATH` has it.
    NotInPath,
    /// There is no such file.
    NoFile,
    /// It is there, but what it names behind `#!` is not.
    NoInterpreter,
    /// It may not be executed.
    Denied,
    /// The folder that it is to run in is not there.
    NoDirectory,
    /// An argument or variable has a NUL in it.
    Nul,
    /// The system could not start it.
    NotStarted(io::ErrorKind),
    /// There is no tokio runtime to run it on.
    NoRuntime,
    /// Its pipes broke.
    Unreadable(io::ErrorKind),
    /// It did not finish.
    Timeout(Duration),
    /// It prints without end.
    TooLong,
    /// It ended with another status than 0.
    Status { status: i32, stderr: u64 },
    /// It failed because of a circle below it, which is told in these words.
    Circle(String),
    /// A signal ended it.
    Signal(i32),
    /// It says that it succeeded.
    Output { reason: OutputError, stderr: u64 },
}

impl Failure {
    /// Of the helper at `program`. Nothing of it is repeated at once: a helper has its own tries, and may ask a person.
    pub(super) fn of(self, program: &Path) -> Error {
        let kind = self.kind();
        let code = match &self {
            Self::Output { reason: OutputError::Reported(code), .. } => code.clone(),
            _ => None,
        };
        Error::new(kind, self.message(&shown(program))).with_code(code, None).do_not_repeat()
    }

    /// What an error of starting it means.
    pub(super) fn to_start(error: &io::Error, file: &Path) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound if file.exists() => Self::NoInterpreter,
            io::ErrorKind::NotFound => Self::NoFile,
            io::ErrorKind::PermissionDenied => Self::Denied,
            io::ErrorKind::InvalidInput => Self::Nul,
            kind => Self::NotStarted(kind),
        }
    }

    /// What its status means, if not success. Those of 126 and up are what shells say (POSIX, "Exit Status for Commands").
    pub(super) fn to_finish(status: ExitStatus, stderr: u64) -> Option<Self> {
        if status.success() {
            return None;
        }
        Some(match status.code() {
            Some(status) => Self::Status { status, stderr },
            None => Self::Signal(signal(status)),
        })
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotInPath | Self::NoFile | Self::Status { status: 127, .. } => ErrorKind::Unavailable,
            Self::NoInterpreter | Self::Denied | Self::NoDirectory | Self::Nul | Self::NoRuntime => {
                ErrorKind::Misconfigured
            }
            Self::Status { status: 126, .. } | Self::Circle(_) => ErrorKind::Misconfigured,
            Self::NotStarted(_) | Self::Unreadable(_) | Self::Status { .. } | Self::Signal(_) => ErrorKind::Transient,
            Self::Timeout(_) => ErrorKind::Timeout,
            Self::TooLong => ErrorKind::Malformed,
            Self::Output { reason, .. } => reason.kind(),
        }
    }

    fn message(&self, name: &str) -> String {
        match self {
            Self::NotInPath => {
                format!("the helper program {name} is in no folder of the PATH: install it, or give its path")
            }
            Self::NoFile => format!("there is no helper program {name} at the path that is configured"),
            Self::NoInterpreter => {
                format!("the helper program {name} needs an interpreter that is not there: see its first line")
            }
            Self::Denied => format!("the helper program {name} may not be executed: permission denied (chmod +x?)"),
            Self::NoDirectory => format!("the folder that the helper program {name} is to run in is not there"),
            Self::Nul => format!("an argument or a variable for the helper program {name} has a NUL character in it"),
            Self::NotStarted(kind) => format!("the helper program {name} could not be started: {}", io_reason(*kind)),
            Self::NoRuntime => {
                format!("the helper program {name} needs a tokio runtime with I/O enabled: call from within one")
            }
            Self::Unreadable(kind) => {
                format!("the output of the helper program {name} could not be read: {}", io_reason(*kind))
            }
            Self::Timeout(limit) => {
                format!(
                    "the helper program {name} did not finish within {limit:?} and was ended; it gets no input to wait for"
                )
            }
            Self::TooLong => format!("the helper program {name} printed more than 1 MiB and was ended"),
            Self::Status { status: 127, stderr } => {
                format!(
                    "the helper program {name} says that a program it needs is not there (status 127){}",
                    by_hand(*stderr)
                )
            }
            Self::Status { status: 126, stderr } => {
                format!(
                    "the helper program {name} says that it may not execute what it needs (status 126){}",
                    by_hand(*stderr)
                )
            }
            Self::Status { status, stderr } => {
                format!("the helper program {name} failed with status {status}{}", by_hand(*stderr))
            }
            Self::Circle(told) => told.clone(),
            Self::Signal(signal) => format!("the helper program {name} was ended by signal {signal}"),
            Self::Output { reason, stderr } => {
                format!("the output of the helper program {name} is no token: {reason}{}", by_hand(*stderr))
            }
        }
    }
}

/// What it wrote to stderr may quote a secret, but it is good to know that it said something.
fn by_hand(stderr: u64) -> String {
    match stderr {
        0 => String::new(),
        bytes => format!("; the {bytes} bytes on its stderr are not shown, run it by hand to see them"),
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.signal().unwrap_or_default()
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> i32 {
    0
}
