//! Ours or reqwest's.

use std::fmt;

/// Why there is no response: no token could be had, or the request failed.
///
/// No message holds a URL, whose path or query may be secret; reqwest's errors are stripped of theirs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There was no token, or it must not go where the request goes. **The request was not sent.**
    #[error(transparent)]
    Auth(auth_core::Error),
    /// What is below failed: reqwest, or another middleware.
    #[error(transparent)]
    Inner(reqwest_middleware::Error),
}

impl Error {
    /// Why there was no token, if that is it.
    pub fn auth(&self) -> Option<&auth_core::Error> {
        match self {
            Self::Auth(error) => Some(error),
            Self::Inner(error) => error.auth(),
        }
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Inner(error.without_url().into())
    }
}

impl From<reqwest_middleware::Error> for Error {
    fn from(error: reqwest_middleware::Error) -> Self {
        Self::Inner(error.without_url())
    }
}

impl From<Error> for reqwest_middleware::Error {
    fn from(error: Error) -> Self {
        match error {
            // As a cause, so that it is found below whatever other middlewares wrap around it.
            Error::Auth(error) => Self::Middleware(anyhow::Error::new(error).context(NotSent)),
            Error::Inner(error) => error,
        }
    }
}

/// The head of a middleware's error whose cause is ours.
struct NotSent;

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was not sent, because it could not be authenticated")
    }
}

/// Finds our error in a middleware client's.
pub trait ErrorExt {
    /// Why there was no token, if that is it, through whatever middleware handed the error on (reqwest-retry wraps it).
    ///
    /// ```
    /// use auth_reqwest::{ErrorExt, reqwest_middleware};
    ///
    /// fn may_help_to_try_again(error: &reqwest_middleware::Error) -> bool {
    ///     error.auth().map_or(error.is_timeout(), |error| error.is_transient())
    /// }
    /// ```
    fn auth(&self) -> Option<&auth_core::Error>;
}

impl ErrorExt for reqwest_middleware::Error {
    fn auth(&self) -> Option<&auth_core::Error> {
        let Self::Middleware(error) = self else { return None };
        error.chain().find_map(|cause| match cause.downcast_ref::<Self>() {
            Some(inner) => inner.auth(),
            None => cause.downcast_ref(),
        })
    }
}
