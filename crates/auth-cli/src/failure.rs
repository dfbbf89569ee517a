//! Why a command failed, and what its exit code says of it.

use std::borrow::Cow;
use std::process::ExitCode;

use auth_core::{Error, ErrorKind};
use auth_reqwest::{ApiError, ApiErrorKind};

use crate::terminal;

/// How a command ends. Scripts depend on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what it was asked to.
    Ok = 0,
    /// It failed, and the same will fail again.
    Failed = 1,
    /// The arguments make no sense.
    Usage = 2,
    /// There is no credential that could be used: none is configured, or a setting is wrong.
    NoCredentials = 3,
    /// A person has to sign in.
    Interaction = 4,
    /// It may work later: a network, a server that is overloaded, a limit of time.
    Transient = 5,
}

impl Exit {
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(self as u8)
    }

    /// What an error of the library means to a script.
    pub(crate) fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Unavailable | ErrorKind::Misconfigured => Self::NoCredentials,
            ErrorKind::InteractionRequired => Self::Interaction,
            ErrorKind::Transient | ErrorKind::Timeout | ErrorKind::Malformed => Self::Transient,
            _ => Self::Failed,
        }
    }
}

/// Why a command failed. The message is for a person, and holds no secret.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: Cow<'static, str>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<Cow<'static, str>>) -> Self {
        Self { exit, message: message.into() }
    }

    /// It failed, and will fail again.
    pub(crate) fn failed(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// The arguments make no sense together.
    pub(crate) fn usage(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// It may work later.
    pub(crate) fn transient(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Exit::Transient, message)
    }

    /// Tells the person, and the script.
    pub(crate) fn report(&self) -> ExitCode {
        terminal::error(&self.message);
        self.exit.code()
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let exit = match (error.auth(), error.kind()) {
            (Some(auth), _) => Exit::of(auth.kind()),
            (None, ApiErrorKind::TokenUnavailable | ApiErrorKind::Decode) => Exit::Transient,
            (None, _) if error.is_transient() => Exit::Transient,
            _ => Exit::Failed,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(Exit::of(error.kind()), error.to_string())
    }
}
