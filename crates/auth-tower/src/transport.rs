//! Any Tower client as the transport of a token source.

use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};

use auth_core::adapter::unreachable;
use auth_core::{Error, ErrorKind, Transport, async_trait};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Sends token requests through a Tower client of yours: its proxy, its certificates, its timeouts.
///
/// Give it a plain client. Put no `FollowRedirect` into it (a token request carries the credential in its body), and no
/// auth layer. The request body is any type that is made from [`Bytes`].
///
/// ```
/// use auth_tower::TowerTransport;
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use tower::service_fn;
///
/// let client = service_fn(|_: Request<Full<Bytes>>| async {
///     Ok::<_, std::io::Error>(Response::new(Full::<Bytes>::default()))
/// });
/// let transport = TowerTransport::new(client);
/// # let _: &dyn auth_tower::core::Transport = &transport;
/// ```
pub struct TowerTransport<S, B = Full<Bytes>> {
    /// Cloned for every request; the lock lets a client be shared that is not `Sync`.
    client: Mutex<S>,
    body: PhantomData<fn(Bytes) -> B>,
}

impl<S> TowerTransport<S> {
    /// A transport over this client, which takes `Full<Bytes>` for a body.
    pub fn new(client: S) -> Self {
        Self::with_body(client)
    }
}

impl<S, B> TowerTransport<S, B> {
    /// A transport over a client that takes another body: `TowerTransport::<_, axum::body::Body>::with_body(router)`.
    pub fn with_body(client: S) -> Self {
        Self { client: Mutex::new(client), body: PhantomData }
    }
}

impl<S: Clone, B> Clone for TowerTransport<S, B> {
    fn clone(&self) -> Self {
        Self::with_body(self.client.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl<S, B> fmt::Debug for TowerTransport<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TowerTransport")
    }
}

#[async_trait]
impl<S, B, T> Transport for TowerTransport<S, B>
where
    S: Service<Request<B>, Response = Response<T>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: From<Bytes> + Send + 'static,
    T: Body + Send + 'static,
    T::Data: Send,
    T::Error: Into<BoxError>,
{
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let https = request.uri().scheme_str() == Some("https");
        let failed = |error: S::Error| unreachable(&*error.into(), https);
        poll_fn(|cx| client.poll_ready(cx)).await.map_err(|error| failed(error).never_sent())?;
        let response = client.call(request.map(B::from)).await.map_err(failed)?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, limit).collect().await.map_err(|error| cut_short(&*error, limit))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}

fn cut_short(error: &(dyn StdError + 'static), limit: usize) -> Error {
    if causes(error).any(|cause| cause.is::<LengthLimitError>()) {
        return Error::new(ErrorKind::Malformed, format!("the token endpoint's answer is longer than {limit} bytes"));
    }
    Error::transient("the token endpoint broke off in the middle of its answer")
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}
