//! The service: asks for the header, sends the request, and leaves the rest to the future.

use std::mem;
use std::task::{Context, Poll};

use auth_core::adapter::{Attach, Sent, View, Without};
use auth_core::{Authenticator, RequestAuth};
use http::{Request, Response};
use tower_service::Service;

use crate::Error;
use crate::aside::{Aside, Waiting};
use crate::future::{Again, ResponseFuture, Turn};
use crate::lend::with_headers;
use crate::options::Options;
use crate::replay::{Replay, WhenEmpty};

/// A client whose requests are authenticated. Made by [`AuthLayer`](crate::AuthLayer).
#[derive(Clone, Debug)]
pub struct Auth<S, R = WhenEmpty> {
    inner: S,
    view: View,
    replay: R,
    options: Options,
}

impl<S, R> Auth<S, R> {
    pub(crate) fn new(inner: S, authenticator: Authenticator, replay: R, options: Options) -> Self {
        Self { inner, view: View::new(authenticator), replay, options }
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
        self.view.authenticator()
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
    type Future = ResponseFuture<S, B, R::Kept>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Error::Inner)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // Taken out: it is said to this layer, and not to one further inside.
        if !request.extensions().is_empty()
            && let Some(wishes) = request.extensions_mut().remove::<RequestAuth>()
        {
            return self.call_as_wished(request, &wishes);
        }
        let copy = self.replay.copy(&request);
        let Some(sent) = self.view.hit(&mut request) else { return self.call_slowly(request, copy) };
        let authenticator = self.view.own().clone();
        if let Some(copy) = copy {
            return self.send_first(request, copy, sent, authenticator);
        }
        let future = self.inner.call(request);
        ResponseFuture::sending(future, sent, Turn::Only, authenticator, self.options)
    }
}

impl<S, R> Auth<S, R> {
    /// A request that can be sent again.
    fn send_first<B, K, T>(
        &mut self,
        request: Request<B>,
        copy: K,
        sent: Sent,
        authenticator: Authenticator,
    ) -> ResponseFuture<S, B, K>
    where
        S: Service<Request<B>, Response = Response<T>> + Clone,
    {
        let mut service = self.take_ready();
        let future = service.call(request);
        let turn = Turn::First(Again { request: copy, service });
        ResponseFuture::sending(future, sent, turn, authenticator, self.options)
    }

    /// A request that is not a plain hit.
    fn call_slowly<B, K, T>(&mut self, mut request: Request<B>, copy: Option<K>) -> ResponseFuture<S, B, K>
    where
        S: Service<Request<B>, Response = Response<T>> + Clone,
    {
        let authenticator = self.authenticator().clone();
        let attached = with_headers(&mut request, |uri, headers| self.view.attach(uri, headers));
        self.go_on(request, copy, attached, authenticator)
    }

    /// A request that says how it is to be authenticated.
    fn call_as_wished<B, T>(&mut self, mut request: Request<B>, wishes: &RequestAuth) -> ResponseFuture<S, B, R::Kept>
    where
        S: Service<Request<B>, Response = Response<T>> + Clone,
        R: Replay<B>,
    {
        let Some(authenticator) = wishes.authenticator(self.authenticator()).cloned() else {
            let (future, authenticator) = (self.inner.call(request), self.authenticator().clone());
            let sent = Sent::Without(Without::Asked);
            return ResponseFuture::sending(future, sent, Turn::Only, authenticator, self.options);
        };
        let copy = self.replay.copy(&request);
        let attached = with_headers(&mut request, |uri, headers| {
            if wishes.wants_fresh() {
                authenticator.attach_fresh(uri, headers)
            } else {
                authenticator.attach(uri, headers)
            }
        });
        self.go_on(request, copy, attached, authenticator)
    }

    fn go_on<B, K, T>(
        &mut self,
        request: Request<B>,
        copy: Option<K>,
        attached: Result<Attach, auth_core::Error>,
        authenticator: Authenticator,
    ) -> ResponseFuture<S, B, K>
    where
        S: Service<Request<B>, Response = Response<T>> + Clone,
    {
        let aside = match attached {
            Ok(Attach::Ready(sent)) => {
                return match copy.filter(|_| matches!(sent, Sent::With { .. })) {
                    Some(copy) => self.send_first(request, copy, sent, authenticator),
                    None => {
                        let future = self.inner.call(request);
                        ResponseFuture::sending(future, sent, Turn::Only, authenticator, self.options)
                    }
                };
            }
            Ok(Attach::Wait(acquire)) => {
                let service = self.take_ready();
                Aside::Acquiring { acquire, waiting: Some(Waiting { request, copy, service }) }
            }
            Err(error) => {
                // Nothing is sent, so what was reserved for it (a permit, a place in a queue) is given back.
                drop(self.take_ready());
                Aside::Failed { error: Some(error) }
            }
        };
        ResponseFuture::aside(aside, authenticator, self.options)
    }
}
