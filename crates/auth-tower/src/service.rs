//! The service: asks for the header, sends the request, and leaves the rest to the future.

use std::mem;
use std::task::{Context, Poll};

use auth_core::adapter::{Attach, Sent, Without};
use auth_core::{Authenticator, RequestAuth};
use http::{Request, Response};
use tower_service::Service;

use crate::Error;
use crate::future::{Again, ResponseFuture};
use crate::lend::with_headers;
use crate::options::Options;
use crate::replay::{Replay, WhenEmpty};

/// A client whose requests are authenticated. Made by [`AuthLayer`](crate::AuthLayer).
#[derive(Clone, Debug)]
pub struct Auth<S, R = WhenEmpty> {
    inner: S,
    authenticator: Authenticator,
    replay: R,
    options: Options,
}

impl<S, R> Auth<S, R> {
    pub(crate) fn new(inner: S, authenticator: Authenticator, replay: R, options: Options) -> Self {
        Self { inner, authenticator, replay, options }
    }

    /// The client inside.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The client inside.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Unwraps the client.
    pub fn into_inner(self) -> S {
        self.inner
    }

    /// The authenticator, for its status or an early refresh.
    pub fn authenticator(&self) -> &Authenticator {
        &self.authenticator
    }
}

impl<S: Clone, R> Auth<S, R> {
    /// The instance that was polled ready, leaving its clone in its place: a clone need not be ready.
    fn take_ready(&mut self) -> S {
        let clone = self.inner.clone();
        mem::replace(&mut self.inner, clone)
    }
}

impl<S, R, B, T> Service<Request<B>> for Auth<S, R>
where
    S: Service<Request<B>, Response = Response<T>> + Clone,
    R: Replay<B>,
{
    type Response = Response<T>;
    type Error = Error<S::Error>;
    type Future = ResponseFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Error::Inner)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // Taken out: it is said to this layer, and not to one further inside.
        let wishes = request.extensions_mut().remove::<RequestAuth>();
        let (authenticator, fresh) = match &wishes {
            None => (&self.authenticator, false),
            Some(wishes) => match wishes.authenticator(&self.authenticator) {
                Some(authenticator) => (authenticator, wishes.wants_fresh()),
                None => {
                    let sent = Sent::Without(Without::Asked);
                    return ResponseFuture::passing(self.inner.call(request), sent, self.authenticator.clone());
                }
            },
        };
        let authenticator = authenticator.clone();
        let copy = self.replay.copy(&request);
        let attached = with_headers(&mut request, |uri, headers| {
            if fresh { authenticator.attach_fresh(uri, headers) } else { authenticator.attach(uri, headers) }
        });
        match attached {
            Ok(Attach::Ready(sent)) => match copy.filter(|_| matches!(sent, Sent::With { .. })) {
                None => {
                    let future = self.inner.call(request);
                    ResponseFuture::sending(future, sent, None, authenticator, self.options)
                }
                Some(copy) => {
                    let mut service = self.take_ready();
                    let future = service.call(request);
                    let again = Again { request: copy, service };
                    ResponseFuture::sending(future, sent, Some(again), authenticator, self.options)
                }
            },
            Ok(Attach::Wait(acquire)) => {
                let service = self.take_ready();
                ResponseFuture::acquiring(acquire, request, copy, service, authenticator, self.options)
            }
            Err(error) => {
                // Nothing is sent, so what was reserved for it (a permit, a place in a queue) is given back.
                drop(self.take_ready());
                ResponseFuture::failed(error, authenticator)
            }
        }
    }
}
