//! How a contender is driven: requests are built first, then sent, so that only the sending is measured.

use std::fmt::Debug;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{HeaderValue, Request, Response, Uri, header::AUTHORIZATION};
use tower::Service;

use super::api::{Api, Body, request};

pub(crate) trait Sender: Send {
    /// Builds requests.
    fn build(&mut self, hits: usize);

    /// Sends what was built, and returns how many headers arrived in all.
    fn send(&mut self) -> usize;
}

/// Sends, and drops, what was built. valgrind counts what happens inside, and finds it by its name: see `instructions`.
#[inline(never)]
pub(super) fn deliver<R>(requests: &mut Vec<R>, mut send: impl FnMut(R) -> usize) -> usize {
    let mut headers = 0;
    for request in requests.drain(..) {
        headers += send(request);
    }
    headers
}

/// The result of a future that never waits.
pub(super) fn at_once<T, E: Debug>(future: impl Future<Output = Result<T, E>>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(value)) => value,
        Poll::Ready(Err(error)) => panic!("nothing can fail here: {error:?}"),
        Poll::Pending => panic!("nothing has to wait here"),
    }
}

fn call<S>(service: &mut S, request: Request<Body>) -> usize
where
    S: Service<Request<Body>, Response = Response<usize>, Error: Debug>,
{
    assert!(service.poll_ready(&mut Context::from_waker(Waker::noop())).is_ready(), "it is always ready");
    at_once(service.call(request)).into_body()
}

fn refill(requests: &mut Vec<Request<Body>>, uri: &Uri, hits: usize) {
    requests.extend((0..hits).map(|_| request(uri)));
}

/// A service that is kept for all requests.
pub(super) struct Kept<S> {
    service: S,
    uri: Uri,
    requests: Vec<Request<Body>>,
}

impl<S> Kept<S> {
    pub(super) fn new(service: S, uri: Uri) -> Self {
        Self { service, uri, requests: Vec::new() }
    }
}

impl<S> Sender for Kept<S>
where
    S: Service<Request<Body>, Response = Response<usize>, Error: Debug> + Send,
{
    fn build(&mut self, hits: usize) {
        refill(&mut self.requests, &self.uri, hits);
    }

    fn send(&mut self) -> usize {
        deliver(&mut self.requests, |request| call(&mut self.service, request))
    }
}

/// A service that is cloned for each request, as `oneshot` and axum do.
pub(super) struct Cloned<S>(Kept<S>);

impl<S> Cloned<S> {
    pub(super) fn new(service: S, uri: Uri) -> Self {
        Self(Kept::new(service, uri))
    }
}

impl<S> Sender for Cloned<S>
where
    S: Service<Request<Body>, Response = Response<usize>, Error: Debug> + Clone + Send,
{
    fn build(&mut self, hits: usize) {
        refill(&mut self.0.requests, &self.0.uri, hits);
    }

    fn send(&mut self) -> usize {
        let service = &self.0.service;
        deliver(&mut self.0.requests, |request| call(&mut service.clone(), request))
    }
}

/// What a program without any middleware writes.
pub(super) struct ByHand {
    value: HeaderValue,
    uri: Uri,
    requests: Vec<Request<Body>>,
}

impl ByHand {
    pub(super) fn new(value: HeaderValue, uri: Uri) -> Self {
        Self { value, uri, requests: Vec::new() }
    }
}

impl Sender for ByHand {
    fn build(&mut self, hits: usize) {
        refill(&mut self.requests, &self.uri, hits);
    }

    fn send(&mut self) -> usize {
        deliver(&mut self.requests, |mut request| {
            request.headers_mut().insert(AUTHORIZATION, self.value.clone());
            Api::answer(request)
        })
    }
}
