//! The layer: which authenticator, and which requests can be sent twice.

use auth_core::Authenticator;
use http::{Extensions, HeaderMap, Method, Uri};
use tower_layer::Layer;

use crate::options::Options;
use crate::replay::{Never, OnlyIf, WhenEmpty};
use crate::service::Auth;

/// Puts an [`Authenticator`] around a client. See the [crate's page](crate) for its place in a stack.
#[derive(Clone, Debug)]
pub struct AuthLayer<R = WhenEmpty> {
    authenticator: Authenticator,
    replay: R,
    options: Options,
}

impl AuthLayer {
    /// A layer that sends a request again, after a 401 and with a newer token, if its body was at its end.
    pub fn new(authenticator: Authenticator) -> Self {
        Self { authenticator, replay: WhenEmpty, options: Options::default() }
    }
}

impl<R> AuthLayer<R> {
    /// Chooses otherwise which requests can be sent again: [`Cloned`](crate::Cloned), or a choice of your own.
    #[must_use]
    pub fn replay<T>(self, replay: T) -> AuthLayer<T> {
        AuthLayer { authenticator: self.authenticator, replay, options: self.options }
    }

    /// Sends no request again. Nothing is asked of the body type, and the headers are not copied.
    #[must_use]
    pub fn without_replay(self) -> AuthLayer<Never> {
        self.replay(Never)
    }

    /// Narrows the choice by the request's method and headers: `.replay_if(|method, _| method.is_safe())`.
    #[must_use]
    pub fn replay_if<P: Fn(&Method, &HeaderMap) -> bool>(self, predicate: P) -> AuthLayer<OnlyIf<R, P>> {
        let Self { authenticator, replay, options } = self;
        AuthLayer { authenticator, replay: OnlyIf { replay, predicate }, options }
    }

    /// Says who answered, for clients below that follow redirects by themselves: a 401 from another origin then says
    /// nothing about the token, and a request that was redirected is sent again only if its method is safe, since its first
    /// hop may have been applied. A redirect back to the very same URI can't be told from none. Give the whole URI: where a
    /// base URL is put on below the layer, every request looks redirected. Default: the request's own URI is believed.
    ///
    /// For tower-http's `FollowRedirect` below the layer (it belongs outside):
    /// `.answered_by(|extensions| extensions.get::<RequestUri>().map(|uri| &uri.0))`.
    #[must_use]
    pub fn answered_by(mut self, answered_by: fn(&Extensions) -> Option<&Uri>) -> Self {
        self.options.answered_by = Some(answered_by);
        self
    }

    /// Takes `grpc-status: 16` (`UNAUTHENTICATED`) in the response's headers for a 401. A status in the trailers, after
    /// messages, comes too late for that.
    #[cfg(feature = "grpc")]
    #[must_use]
    pub fn grpc(mut self) -> Self {
        self.options.grpc = true;
        self
    }
}

impl<S, R: Clone> Layer<S> for AuthLayer<R> {
    type Service = Auth<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        Auth::new(inner, self.authenticator.clone(), self.replay.clone(), self.options)
    }
}
