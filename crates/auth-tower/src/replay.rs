//! Which requests can be sent a second time.

use http::{HeaderMap, Method, Request};
use http_body::Body;

/// Decides, before a request is sent, what could be sent in its place if its token is rejected.
///
/// A 401 says that the request was not applied (RFC 9110 section 15.5.2), so the method does not matter; what matters is
/// that the body is still there. Choose with [`AuthLayer`](crate::AuthLayer): [`WhenEmpty`] is the default.
#[diagnostic::on_unimplemented(
    message = "a body of type `{B}` can't be sent again in this way",
    note = "`AuthLayer::without_replay()` takes any body; `AuthLayer::replay(Cloned)` takes bodies that are `Clone`"
)]
pub trait Replay<B> {
    /// What is kept of a request: a [`Request<B>`]. For a choice that keeps none, [`Nothing`], so that futures have no room
    /// for it.
    type Kept: Into<Request<B>>;

    /// A copy to be sent later, or `None` if the request passes once.
    fn copy(&self, request: &Request<B>) -> Option<Self::Kept>;
}

/// What [`Never`] keeps of a request. There is no value of it.
#[derive(Clone, Copy, Debug)]
pub enum Nothing {}

impl<B> From<Nothing> for Request<B> {
    fn from(nothing: Nothing) -> Self {
        match nothing {}
    }
}

/// Requests whose body is at its end from the start are sent again with the default body. Needs `B: Body + Default`.
#[derive(Clone, Copy, Debug, Default)]
pub struct WhenEmpty;

impl<B: Body + Default> Replay<B> for WhenEmpty {
    type Kept = Request<B>;

    fn copy(&self, request: &Request<B>) -> Option<Request<B>> {
        request.body().is_end_stream().then(|| copy_with(request, B::default()))
    }
}

/// Every request is sent again with a clone of its body, so the clone must be the whole of it. Needs `B: Clone`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cloned;

impl<B: Clone> Replay<B> for Cloned {
    type Kept = Request<B>;

    fn copy(&self, request: &Request<B>) -> Option<Request<B>> {
        Some(copy_with(request, request.body().clone()))
    }
}

/// No request is sent again: the 401 is returned, and a newer token is fetched for the next request. Asks nothing of `B`,
/// and saves the copy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Never;

impl<B> Replay<B> for Never {
    type Kept = Nothing;

    #[inline]
    fn copy(&self, _request: &Request<B>) -> Option<Nothing> {
        None
    }
}

/// Narrows another choice by what the request says; made by [`AuthLayer::replay_if`](crate::AuthLayer::replay_if).
#[derive(Clone, Copy, Debug)]
pub struct OnlyIf<R, P> {
    pub(crate) replay: R,
    pub(crate) predicate: P,
}

impl<B, R: Replay<B>, P: Fn(&Method, &HeaderMap) -> bool> Replay<B> for OnlyIf<R, P> {
    type Kept = R::Kept;

    fn copy(&self, request: &Request<B>) -> Option<R::Kept> {
        (self.predicate)(request.method(), request.headers()).then(|| self.replay.copy(request)).flatten()
    }
}

fn copy_with<B>(request: &Request<B>, body: B) -> Request<B> {
    let mut copy = Request::new(body);
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    *copy.version_mut() = request.version();
    copy.headers_mut().clone_from(request.headers());
    copy.extensions_mut().clone_from(request.extensions());
    copy
}
