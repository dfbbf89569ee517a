//! A whole [`Access`] as one layer: base URL, context, authentication.

use std::task::{Context as TaskContext, Poll};

use auth_core::{Access, Authenticator, Context, Endpoint, Error, Transport};
use http::{HeaderMap, Method, Request};
use tower_layer::Layer;
use tower_service::Service;

use crate::replay::{Never, OnlyIf, WhenEmpty};
use crate::{Auth, AuthLayer, BaseUrl, BaseUrlLayer};

/// Puts an [`Access`] around a client: requests with a path only go to its endpoint, those that go there say what its
/// context says, and carry its credential.
///
/// Requests to other hosts are sent as they are. What a context puts into JSON bodies is not added, since a layer does not
/// make the bodies: `ApiClient` of auth-reqwest does. For other orders, or with layers between, take
/// [`BaseUrlLayer`] and [`AuthLayer`] by themselves.
///
/// ```
/// use auth_tower::{AccessLayer, core::{Access, Context, Endpoint, sources::StaticToken}};
/// use http::{Request, Response};
/// use http_body_util::Empty;
/// use bytes::Bytes;
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let access = Access::new("acme", StaticToken::new("my-token")?, Endpoint::parse("https://api.acme.example/v1")?)
///     .with_context(Context::default().with_header(http::HeaderName::from_static("x-project-id"), "p-1")?);
/// # let transport = NoTransport;
/// let client = AccessLayer::new(&access, transport)?.layer(service_fn(|request: Request<Empty<Bytes>>| async move {
///     assert_eq!(*request.uri(), "https://api.acme.example/v1/items");
///     assert_eq!(request.headers()["authorization"], "Bearer my-token");
///     assert_eq!(request.headers()["x-project-id"], "p-1");
///     Ok::<_, std::io::Error>(Response::new(()))
/// }));
/// client.oneshot(Request::get("/items").body(Empty::new())?).await?;
/// # Ok(())
/// # }
/// # struct NoTransport;
/// # #[auth_tower::core::async_trait]
/// # impl auth_tower::core::Transport for NoTransport {
/// #     async fn send(&self, _: Request<Bytes>, _: usize) -> Result<Response<Bytes>, auth_tower::core::Error> {
/// #         Err(auth_tower::core::Error::transient("nobody is there"))
/// #     }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AccessLayer<R = WhenEmpty> {
    endpoint: Endpoint,
    context: Context,
    auth: AuthLayer<R>,
}

impl AccessLayer {
    /// A layer whose source sends its requests by `transport`: a [`TowerTransport`](crate::TowerTransport) over any client,
    /// or a `HyperTransport`. Sends a request again, after a 401 and with a newer token, if its body was at its end.
    ///
    /// # Errors
    /// As [`Access::authenticator`].
    pub fn new(access: &Access, transport: impl Transport) -> Result<Self, Error> {
        Ok(Self::sharing(access, access.authenticator(transport)?))
    }

    /// The same over an authenticator that was built before, with a policy or a runtime of its own, or to be shared with
    /// other clients. It says where its tokens go; the access says where requests go, and their context.
    pub fn sharing(access: &Access, authenticator: Authenticator) -> Self {
        let (endpoint, context) = (access.endpoint().clone(), access.context().clone());
        Self { endpoint, context, auth: AuthLayer::new(authenticator) }
    }
}

impl<R> AccessLayer<R> {
    /// As [`AuthLayer::replay`].
    #[must_use]
    pub fn replay<T>(self, replay: T) -> AccessLayer<T> {
        self.with_auth(|auth| auth.replay(replay))
    }

    /// As [`AuthLayer::without_replay`].
    #[must_use]
    pub fn without_replay(self) -> AccessLayer<Never> {
        self.with_auth(AuthLayer::without_replay)
    }

    /// As [`AuthLayer::replay_if`].
    #[must_use]
    pub fn replay_if<P: Fn(&Method, &HeaderMap) -> bool>(self, predicate: P) -> AccessLayer<OnlyIf<R, P>> {
        self.with_auth(|auth| auth.replay_if(predicate))
    }

    fn with_auth<T>(self, change: impl FnOnce(AuthLayer<R>) -> AuthLayer<T>) -> AccessLayer<T> {
        AccessLayer { endpoint: self.endpoint, context: self.context, auth: change(self.auth) }
    }
}

impl<S, R: Clone> Layer<S> for AccessLayer<R> {
    type Service = BaseUrl<InContext<Auth<S, R>>>;

    fn layer(&self, inner: S) -> Self::Service {
        let inner = self.auth.layer(inner);
        let (endpoint, context) = (self.endpoint.clone(), self.context.clone());
        BaseUrlLayer::new(self.endpoint.clone()).layer(InContext { inner, endpoint, context })
    }
}

/// A client whose requests to one endpoint say what a [`Context`] says. Made by [`AccessLayer`].
#[derive(Clone, Debug)]
pub struct InContext<S> {
    inner: S,
    endpoint: Endpoint,
    context: Context,
}

impl<S, B> Service<Request<B>> for InContext<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // An account is nobody else's business, and a parameter more would break a URL that another host has signed.
        if !self.context.is_empty() && self.endpoint.is_origin_of(request.uri()) {
            let mut uri = std::mem::take(request.uri_mut());
            self.context.apply(&mut uri, request.headers_mut());
            *request.uri_mut() = uri;
        }
        self.inner.call(request)
    }
}
