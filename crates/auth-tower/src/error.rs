//! Ours or the inner service's.

/// Why there is no response: no token could be had, or the inner service failed.
///
/// The inner service's error keeps its type.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error<E> {
    /// There was no token, or it must not go where the request goes. **The request was not sent.**
    #[error(transparent)]
    Auth(#[from] auth_core::Error),
    /// The inner service failed.
    #[error("{0}")]
    Inner(#[source] E),
}

impl<E> Error<E> {
    /// Why there was no token, if that is it.
    pub fn auth(&self) -> Option<&auth_core::Error> {
        match self {
            Self::Auth(error) => Some(error),
            Self::Inner(_) => None,
        }
    }
}
