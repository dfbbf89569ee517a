//! Ours or what is below's.

use std::fmt;

/// Why there is no response: no token could be had, or sending failed. `E` is [`reqwest::Error`] for those who send with a
/// plain client.
///
/// Our own messages hold no URL, and reqwest's error is relieved of the one that it quotes, since a path or a query may be
/// secret. What `error_for_status()` or another middleware says of a URL is theirs.
#[derive(Debug, thiserror::Error)]
pub enum Error<E = reqwest::Error> {
    /// There was no token, or it must not go where the request goes. **The request was not sent.**
    #[error("{NOT_SENT}: {0}")]
    Auth(#[source] auth_core::Error),
    /// What is below failed.
    #[error(transparent)]
    Inner(E),
}

/// The cause stands in the message too: many programs print nothing else.
const NOT_SENT: &str = "the request was not sent";

impl<E> Error<E> {
    /// Why there was no token, if that is it.
    pub fn auth(&self) -> Option<&auth_core::Error> {
        match self {
            Self::Auth(error) => Some(error),
            Self::Inner(_) => None,
        }
    }
}

/// For functions that go on with the response: `response.json().await?`.
impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Inner(error.without_url())
    }
}

impl<E: Into<Self>> From<Error<E>> for reqwest_middleware::Error {
    fn from(error: Error<E>) -> Self {
        match error {
            // As a cause, so that it is found below whatever other middlewares wrap around it.
            Error::Auth(error) => {
                let head = NotSent(error.to_string());
                Self::Middleware(anyhow::Error::new(error).context(head))
            }
            Error::Inner(error) => error.into(),
        }
    }
}

/// The head of a middleware's error whose cause is ours.
struct NotSent(String);

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NOT_SENT}: {}", self.0)
    }
}

/// Finds our error in a middleware client's.
pub trait ErrorExt {
    /// Why there was no token, if that is it, through whatever middleware handed the error on (reqwest-retry wraps it).
    ///
    /// ```
    /// use auth_reqwest::{ErrorExt, core::ErrorKind, reqwest_middleware};
    ///
    /// fn is_the_key_at_fault(error: &reqwest_middleware::Error) -> bool {
    ///     error.auth().is_some_and(|error| error.kind() == ErrorKind::Rejected)
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
