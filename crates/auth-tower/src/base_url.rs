//! Requests with a path only, sent to an [`Endpoint`].

use std::task::{Context, Poll};

use auth_core::Endpoint;
use http::Request;
use tower_layer::Layer;
use tower_service::Service;

/// Puts a base URL in front of requests that have none. Goes outside [`AuthLayer`](crate::AuthLayer).
///
/// A request for `/items?limit=5` goes to the endpoint, below its path prefix. A request whose URI has a host of its own
/// is left alone.
///
/// ```
/// use auth_tower::{BaseUrlLayer, core::Endpoint};
/// use http::{Request, Response};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let layer = BaseUrlLayer::new(Endpoint::parse("https://api.example.com/v1")?);
/// let client = layer.layer(service_fn(|request: Request<()>| async move {
///     assert_eq!(*request.uri(), "https://api.example.com/v1/items");
///     Ok::<_, std::io::Error>(Response::new(()))
/// }));
/// client.oneshot(Request::get("/items").body(())?).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct BaseUrlLayer {
    endpoint: Endpoint,
}

impl BaseUrlLayer {
    /// A layer for this endpoint.
    pub fn new(endpoint: Endpoint) -> Self {
        Self { endpoint }
    }
}

impl<S> Layer<S> for BaseUrlLayer {
    type Service = BaseUrl<S>;

    fn layer(&self, inner: S) -> Self::Service {
        BaseUrl { inner, endpoint: self.endpoint.clone() }
    }
}

/// A client that knows where to send requests. Made by [`BaseUrlLayer`].
#[derive(Clone, Debug)]
pub struct BaseUrl<S> {
    inner: S,
    endpoint: Endpoint,
}

impl<S, B> Service<Request<B>> for BaseUrl<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if request.uri().authority().is_none() {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            // What can't be joined (`*`, dot segments) is left without a host, and the auth layer inside refuses that.
            if let Ok(uri) = self.endpoint.join(path) {
                *request.uri_mut() = uri;
            }
        }
        self.inner.call(request)
    }
}
