//! What a request waits for besides its response: a token, a newer one, or the service once more.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::adapter::{Attach, Recover, Sent};
use auth_core::runtime::Sleep;
use auth_core::{Acquire, Authenticator, Outcome};
use http::{Request, Response};
use tower_service::Service;

use crate::future::Again;
use crate::lend::with_headers;

pub(crate) enum Aside<S, B, K, T> {
    /// The service is ready, the request waits for its token.
    Acquiring { acquire: Acquire, waiting: Option<Waiting<S, B, K>> },
    /// Answered 401; a newer token may come.
    Recovering { recover: Recover, held: Option<Held<S, B, T>> },
    /// A newer token is there; the service, which was used once, has to become ready anew.
    Readying { patience: Option<Sleep>, held: Option<Held<S, B, T>> },
    /// Nothing was sent.
    Failed { error: Option<auth_core::Error> },
}

/// A request that waits for its token, with the service that was polled ready for it.
pub(crate) struct Waiting<S, B, K> {
    pub(crate) request: Request<B>,
    pub(crate) copy: Option<K>,
    pub(crate) service: S,
}

/// The first response, a 401, and what it takes to get a better one.
pub(crate) struct Held<S, B, T> {
    pub(crate) response: T,
    pub(crate) sent: Sent,
    pub(crate) again: Again<S, Request<B>>,
}

/// Where it goes from here, or why there is no token: nothing was sent.
pub(crate) type Next<S, B, K, T> = Result<Step<S, B, K, Response<T>>, auth_core::Error>;

/// Where it goes from here.
pub(crate) enum Step<S, B, K, T> {
    /// The first sending. The copy, if there is one, is for a second.
    Send { request: Request<B>, copy: Option<K>, service: S, sent: Sent },
    /// The second sending.
    SendAgain { again: Again<S, Request<B>>, sent: Sent },
    /// There is no better response than the one that was held.
    Return(T),
}

impl<S, B, K, T> Aside<S, B, K, T> {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Acquiring { .. } => "Acquiring",
            Self::Recovering { .. } => "Recovering",
            Self::Readying { .. } => "Readying",
            Self::Failed { .. } => "Failed",
        }
    }
}

impl<S, B, T> Held<S, B, Response<T>> {
    /// There is no better one.
    pub(crate) fn give_back(mut self, error: Option<auth_core::Error>) -> Response<T> {
        self.response.extensions_mut().insert(Outcome::rejected(self.sent, false, error));
        self.response
    }
}

impl<S: Service<Request<B>>, B, K, T> Aside<S, B, K, Response<T>> {
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, authenticator: &Authenticator) -> Poll<Next<S, B, K, T>> {
        loop {
            match self {
                Self::Failed { error } => return Poll::Ready(Err(error.take().expect(NOT_POLLED_AGAIN))),
                Self::Acquiring { acquire, waiting } => {
                    let acquired = ready!(Pin::new(acquire).poll(cx));
                    // Taken in any case: what was reserved for a request (a permit) is given back if that is not sent.
                    let Waiting { mut request, copy, service } = waiting.take().expect(NOT_POLLED_AGAIN);
                    let credential = acquired?;
                    let sent = with_headers(&mut request, |uri, headers| {
                        authenticator.attach_credential(&credential, uri, headers)
                    })?;
                    return Poll::Ready(Ok(Step::Send { request, copy, service, sent }));
                }
                Self::Recovering { recover, held } => {
                    let newer = ready!(Pin::new(recover).poll(cx));
                    let held = held.take().expect(NOT_POLLED_AGAIN);
                    match newer {
                        Ok(_) => *self = Self::Readying { patience: None, held: Some(held) },
                        Err(error) => return Poll::Ready(Ok(Step::Return(held.give_back(Some(error))))),
                    }
                }
                Self::Readying { patience, held } => {
                    let ready = held.as_mut().expect(NOT_POLLED_AGAIN).again.service.poll_ready(cx);
                    let is_ready = match ready {
                        Poll::Ready(result) => result.is_ok(),
                        Poll::Pending => {
                            // The service may be waiting for the very response that is held here.
                            ready!(patience.get_or_insert_with(|| authenticator.rejection_timer()).as_mut().poll(cx));
                            false
                        }
                    };
                    let held = held.take().expect(NOT_POLLED_AGAIN);
                    return Poll::Ready(Ok(held.send_again(is_ready, authenticator)));
                }
            }
        }
    }
}

impl<S, B, T> Held<S, B, Response<T>> {
    fn send_again<K>(mut self, is_ready: bool, authenticator: &Authenticator) -> Step<S, B, K, Response<T>> {
        // A 401 at hand is worth more than an error about a connection.
        if !is_ready {
            return Step::Return(self.give_back(Some(not_ready())));
        }
        match with_headers(&mut self.again.request, |uri, headers| authenticator.attach(uri, headers)) {
            Ok(Attach::Ready(sent @ Sent::With { .. })) => Step::SendAgain { again: self.again, sent },
            // A token that can't go on this request is none.
            Ok(Attach::Ready(Sent::Without(_)) | Attach::Wait(_)) => Step::Return(self.give_back(None)),
            Err(error) => Step::Return(self.give_back(Some(error))),
        }
    }
}

fn not_ready() -> auth_core::Error {
    auth_core::Error::transient("there is a newer token, but the client was not ready to send the request again")
}

/// A future that has returned is not polled again; that is every future's contract.
const NOT_POLLED_AGAIN: &str = "a future must not be polled after it has completed";
