//! One request's way: perhaps wait for a token, send, and perhaps send once more.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::Acquire;
use auth_core::adapter::{Attach, Judgement, Recover, Recovery, Sent};
use auth_core::runtime::Sleep;
use auth_core::{Authenticator, Outcome};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::Error;
use crate::lend::with_headers;
use crate::options::Options;

pin_project! {
    /// The response to come. Made by [`Auth`](crate::Auth).
    pub struct ResponseFuture<S, B>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        state: State<S, B, S::Future, S::Response>,
        authenticator: Authenticator,
        options: Options,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, B, F, T> {
        // The service is ready, the request waits for its token.
        Acquiring { acquire: Acquire, waiting: Option<Waiting<S, B>> },
        // Nothing is attached, and nothing is to be learned from the answer.
        Passing { #[pin] future: F, sent: Sent },
        // First sending.
        Sending { #[pin] future: F, sent: Sent, again: Option<Again<S, B>> },
        // Answered 401; a newer token may come.
        Recovering { recover: Recover, held: Option<Held<S, B, T>> },
        // A newer token is there; the service, which was used once, has to become ready anew.
        Readying { patience: Option<Sleep>, held: Option<Held<S, B, T>> },
        // Second and last sending.
        Resending { #[pin] future: F, sent: Sent },
        // Nothing was sent.
        Failed { error: Option<auth_core::Error> },
    }
}

/// A request that waits for its token, with the service that was polled ready for it.
struct Waiting<S, B> {
    request: Request<B>,
    copy: Option<Request<B>>,
    service: S,
}

/// What it takes to send a request a second time.
pub(crate) struct Again<S, B> {
    pub(crate) request: Request<B>,
    pub(crate) service: S,
}

/// The first response, a 401, and what it takes to get a better one.
struct Held<S, B, T> {
    response: T,
    sent: Sent,
    again: Again<S, B>,
}

impl<S, B, T> Held<S, B, Response<T>> {
    /// There is no better one.
    fn give_back(mut self, error: Option<auth_core::Error>) -> Response<T> {
        self.response.extensions_mut().insert(Outcome::rejected(self.sent, false, error));
        self.response
    }
}

impl<S, B> ResponseFuture<S, B>
where
    S: Service<Request<B>>,
{
    pub(crate) fn passing(future: S::Future, sent: Sent, authenticator: Authenticator) -> Self {
        Self { state: State::Passing { future, sent }, authenticator, options: Options::default() }
    }

    pub(crate) fn sending(
        future: S::Future,
        sent: Sent,
        again: Option<Again<S, B>>,
        authenticator: Authenticator,
        options: Options,
    ) -> Self {
        Self { state: State::Sending { future, sent, again }, authenticator, options }
    }

    pub(crate) fn acquiring(
        acquire: Acquire,
        request: Request<B>,
        copy: Option<Request<B>>,
        service: S,
        authenticator: Authenticator,
        options: Options,
    ) -> Self {
        let waiting = Some(Waiting { request, copy, service });
        Self { state: State::Acquiring { acquire, waiting }, authenticator, options }
    }

    pub(crate) fn failed(error: auth_core::Error, authenticator: Authenticator) -> Self {
        Self { state: State::Failed { error: Some(error) }, authenticator, options: Options::default() }
    }
}

impl<S, B, T> Future for ResponseFuture<S, B>
where
    S: Service<Request<B>, Response = Response<T>>,
{
    type Output = Result<Response<T>, Error<S::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let authenticator: &Authenticator = this.authenticator;
        loop {
            let next = match this.state.as_mut().project() {
                StateProj::Failed { error } => {
                    return Poll::Ready(Err(Error::Auth(error.take().expect(NOT_POLLED_AGAIN))));
                }
                StateProj::Acquiring { acquire, waiting } => {
                    let credential = ready!(Pin::new(acquire).poll(cx)).map_err(Error::Auth)?;
                    let Waiting { mut request, copy, mut service } = waiting.take().expect(NOT_POLLED_AGAIN);
                    let sent = with_headers(&mut request, |uri, headers| {
                        authenticator.attach_credential(&credential, uri, headers)
                    })
                    .map_err(Error::Auth)?;
                    let future = service.call(request);
                    State::Sending { future, sent, again: copy.map(|request| Again { request, service }) }
                }
                StateProj::Passing { future, sent } => {
                    let mut response = ready!(future.poll(cx)).map_err(Error::Inner)?;
                    response.extensions_mut().insert(Outcome::without(*sent));
                    return Poll::Ready(Ok(response));
                }
                StateProj::Sending { future, sent, again } => {
                    let mut response = ready!(future.poll(cx)).map_err(Error::Inner)?;
                    let Judgement::Rejected { generation } = this.options.judge(authenticator, *sent, &response) else {
                        if let Sent::Without(_) = sent {
                            response.extensions_mut().insert(Outcome::without(*sent));
                        }
                        return Poll::Ready(Ok(response));
                    };
                    let recovery = authenticator.recover(generation);
                    let Some(again) = again.take() else {
                        // Can't be sent again: what was started goes on for the next request.
                        let error = if let Recovery::Return(error) = recovery { error } else { passed_once() };
                        response.extensions_mut().insert(Outcome::rejected(*sent, false, Some(error)));
                        return Poll::Ready(Ok(response));
                    };
                    let held = Held { response, sent: *sent, again };
                    match recovery {
                        Recovery::Resend(_) => State::Readying { patience: None, held: Some(held) },
                        Recovery::Wait(recover) => State::Recovering { recover, held: Some(held) },
                        Recovery::Return(error) => return Poll::Ready(Ok(held.give_back(Some(error)))),
                    }
                }
                StateProj::Recovering { recover, held } => {
                    let newer = ready!(Pin::new(recover).poll(cx));
                    let held = held.take().expect(NOT_POLLED_AGAIN);
                    match newer {
                        Ok(_) => State::Readying { patience: None, held: Some(held) },
                        Err(error) => return Poll::Ready(Ok(held.give_back(Some(error)))),
                    }
                }
                StateProj::Readying { patience, held } => {
                    let ready = held.as_mut().expect(NOT_POLLED_AGAIN).again.service.poll_ready(cx);
                    let is_ready = match ready {
                        Poll::Ready(result) => result.is_ok(),
                        Poll::Pending => {
                            // The service may be waiting for the very response that is held here.
                            ready!(patience.get_or_insert_with(|| authenticator.patience()).as_mut().poll(cx));
                            false
                        }
                    };
                    let mut held = held.take().expect(NOT_POLLED_AGAIN);
                    // A 401 at hand is worth more than an error about a connection.
                    if !is_ready {
                        return Poll::Ready(Ok(held.give_back(Some(not_ready()))));
                    }
                    let attached =
                        with_headers(&mut held.again.request, |uri, headers| authenticator.attach(uri, headers));
                    match attached {
                        Ok(Attach::Ready(sent)) => {
                            let Again { request, mut service } = held.again;
                            State::Resending { future: service.call(request), sent }
                        }
                        Ok(Attach::Wait(_)) => return Poll::Ready(Ok(held.give_back(None))),
                        Err(error) => return Poll::Ready(Ok(held.give_back(Some(error)))),
                    }
                }
                StateProj::Resending { future, sent } => {
                    let mut response = ready!(future.poll(cx)).map_err(Error::Inner)?;
                    let outcome = match this.options.judge(authenticator, *sent, &response) {
                        Judgement::Fine => Outcome::replayed(*sent),
                        Judgement::Rejected { generation } => {
                            let error = match authenticator.recover(generation) {
                                Recovery::Return(error) => Some(error),
                                Recovery::Resend(_) | Recovery::Wait(_) => None,
                            };
                            Outcome::rejected(*sent, true, error)
                        }
                    };
                    response.extensions_mut().insert(outcome);
                    return Poll::Ready(Ok(response));
                }
            };
            this.state.set(next);
        }
    }
}

fn passed_once() -> auth_core::Error {
    auth_core::Error::transient("the request's body can't be sent again; a newer token is fetched for the next request")
}

fn not_ready() -> auth_core::Error {
    auth_core::Error::transient("there is a newer token, but the client was not ready to send the request again")
}

/// A future that has returned is not polled again; that is every future's contract.
const NOT_POLLED_AGAIN: &str = "a future must not be polled after it has completed";

impl<S, B> fmt::Debug for ResponseFuture<S, B>
where
    S: Service<Request<B>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Acquiring { .. } => "Acquiring",
            State::Passing { .. } => "Passing",
            State::Sending { .. } => "Sending",
            State::Recovering { .. } => "Recovering",
            State::Readying { .. } => "Readying",
            State::Resending { .. } => "Resending",
            State::Failed { .. } => "Failed",
        };
        f.debug_struct("ResponseFuture").field("state", &state).finish_non_exhaustive()
    }
}
