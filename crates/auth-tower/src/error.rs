//! Ours or the inner service's.

use std::error::Error as StdError;
use std::fmt;

/// Why there is no response: no token could be had, or the inner service failed.
///
/// The inner service's error keeps its type.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error<E> {
    /// There was no token, or it must not go where the request goes. **The request was not sent.**
    #[error(transparent)]
    Auth(auth_core::Error),
    /// The inner service failed.
    #[error(transparent)]
    Inner(E),
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

/// An inner service's boxed error with the standard error trait, which a bare box lacks.
///
/// `Timeout`, `Buffer` and `LoadShed` fail with `Box<dyn Error + Send + Sync>`. Below an [`AuthLayer`](crate::AuthLayer) put
/// a `map_err` around them, so that [`Error`] can be an error in its turn:
///
/// ```
/// use auth_tower::{AuthLayer, BoxedError, core::{Authenticator, sources::StaticToken}};
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// # let auth = Authenticator::builder(StaticToken::new("t")?).anywhere().build()?;
/// # let client = service_fn(|_: Request<Full<Bytes>>| async { Ok::<_, BoxError>(Response::new(())) });
/// let client = ServiceBuilder::new().layer(AuthLayer::new(auth)).map_err(BoxedError::from).service(client);
/// client.oneshot(Request::get("https://api.example.com/").body(Full::default())?).await?;
/// # Ok(())
/// # }
/// ```
pub struct BoxedError(Box<dyn StdError + Send + Sync>);

impl BoxedError {
    /// The box.
    pub fn into_inner(self) -> Box<dyn StdError + Send + Sync> {
        self.0
    }
}

impl From<Box<dyn StdError + Send + Sync>> for BoxedError {
    fn from(error: Box<dyn StdError + Send + Sync>) -> Self {
        Self(error)
    }
}

impl fmt::Display for BoxedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for BoxedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl StdError for BoxedError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
