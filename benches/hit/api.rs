//! What stands at the end: it answers at once, without allocating.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, Uri, header::ACCEPT};
use http_body_util::Full;
use tower::Service;

/// What requests are made with: no bytes.
pub type Body = Full<Bytes>;

/// Where all requests go.
pub const ORIGIN: &str = "https://api.example.com";

/// Answers with the number of headers that arrived, so that nobody can leave the work away.
#[derive(Clone, Copy, Debug)]
pub struct Api;

impl Api {
    /// Not inlined: a client isn't either.
    #[inline(never)]
    pub fn answer(request: Request<Body>) -> usize {
        black_box(&request).headers().len()
    }
}

impl Service<Request<Body>> for Api {
    type Response = Response<usize>;
    type Error = Infallible;
    type Future = Ready<Result<Response<usize>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(Self::answer(request))))
    }
}

/// A layer's worth of Tower, and nothing in it.
#[derive(Clone, Copy, Debug)]
pub struct NoOp<S>(pub S);

impl<S: Service<Request<Body>>> Service<Request<Body>> for NoOp<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        self.0.call(request)
    }
}

/// A small request without a body. The URI was parsed before, as a program would.
pub fn request(uri: &Uri) -> Request<Body> {
    let mut request = Request::new(Body::default());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = uri.clone();
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}
