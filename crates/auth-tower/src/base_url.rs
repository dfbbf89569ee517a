//! Requests with a path only, sent to an [`Endpoint`].

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::Endpoint;
use http::Request;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::Error;

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
    type Error = Error<S::Error>;
    type Future = BaseUrlFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Error::Inner)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if request.uri().authority().is_none() {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            match self.endpoint.join(path) {
                Ok(uri) => *request.uri_mut() = uri,
                Err(error) => return BaseUrlFuture { state: State::Failed { error: Some(error) } },
            }
        }
        BaseUrlFuture { state: State::Sending { future: self.inner.call(request) } }
    }
}

pin_project! {
    /// The response to come. Made by [`BaseUrl`].
    #[derive(Debug)]
    pub struct BaseUrlFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProj]
    #[derive(Debug)]
    enum State<F> {
        Sending { #[pin] future: F },
        Failed { error: Option<auth_core::Error> },
    }
}

impl<F, T, E> Future for BaseUrlFuture<F>
where
    F: Future<Output = Result<T, E>>,
{
    type Output = Result<T, Error<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProj::Sending { future } => Poll::Ready(ready!(future.poll(cx)).map_err(Error::Inner)),
            StateProj::Failed { error } => match error.take() {
                Some(error) => Poll::Ready(Err(Error::Auth(error))),
                None => panic!("a future must not be polled after it has completed"),
            },
        }
    }
}
