//! One request's way: perhaps wait for a token, send, and perhaps send once more.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::authenticator::{Acquire, Credential, Judgement, Recover, Recovery, Sent};
use auth_core::{Authenticator, Outcome};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::Error;
use crate::service::{Options, with_headers};

pin_project! {
    /// The response to come. Made by [`Auth`](crate::Auth).
    pub struct ResponseFuture<S, B>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        state: State<S, B, S::Future, S::Response>,
        authenticator: Option<Authenticator>,
        options: Options,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, B, F, T> {
        // The service is ready, the request waits for its token.
        Acquiring { acquire: Acquire, waiting: Option<Waiting<S, B>> },
        // First sending.
        Sending { #[pin] future: F, sent: Sent, again: Option<Again<S, B>> },
        // Answered 401; a newer token may come.
        Recovering { recover: Recover, sent: Sent, again: Option<Again<S, B>>, response: Option<T> },
        // A newer token is there; the service, which was used once, has to become ready anew.
        Readying { credential: Credential, sent: Sent, again: Option<Again<S, B>>, response: Option<T> },
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

impl<S, B> ResponseFuture<S, B>
where
    S: Service<Request<B>>,
{
    pub(crate) fn sending(
        future: S::Future,
        sent: Sent,
        authenticator: Option<Authenticator>,
        again: Option<Again<S, B>>,
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
        Self { state: State::Acquiring { acquire, waiting }, authenticator: Some(authenticator), options }
    }

    pub(crate) fn failed(error: auth_core::Error) -> Self {
        Self { state: State::Failed { error: Some(error) }, authenticator: None, options: Options::default() }
    }
}

impl<S, B, T> Future for ResponseFuture<S, B>
where
    S: Service<Request<B>, Response = Response<T>>,
{
    type Output = Result<Response<T>, Error<S::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let next = match this.state.as_mut().project() {
                StateProj::Failed { error } => {
                    return Poll::Ready(Err(Error::Auth(error.take().expect(POLLED_AFTER_END))));
                }
                StateProj::Acquiring { acquire, waiting } => {
                    let credential = ready!(Pin::new(acquire).poll(cx))?;
                    let authenticator = this.authenticator.as_ref().expect(HAS_AUTHENTICATOR);
                    let Waiting { mut request, copy, mut service } = waiting.take().expect(POLLED_AFTER_END);
                    let sent = with_headers(&mut request, |uri, headers| {
                        authenticator.attach_credential(&credential, uri, headers)
                    })?;
                    let future = service.call(request);
                    let again = copy.map(|request| Again { request, service });
                    State::Sending { future, sent, again }
                }
                StateProj::Sending { future, sent, again } => {
                    let mut response = ready!(future.poll(cx)).map_err(Error::Inner)?;
                    let Some(authenticator) = this.authenticator.as_ref() else {
                        response.extensions_mut().insert(Outcome::without(*sent));
                        return Poll::Ready(Ok(response));
                    };
                    let Judgement::Rejected { generation } = this.options.judge(authenticator, *sent, &response) else {
                        if let Sent::Without(_) = sent {
                            response.extensions_mut().insert(Outcome::without(*sent));
                        }
                        return Poll::Ready(Ok(response));
                    };
                    match (authenticator.recover(generation), again.take()) {
                        (Recovery::Resend(credential), Some(again)) => {
                            State::Readying { credential, sent: *sent, again: Some(again), response: Some(response) }
                        }
                        (Recovery::Wait(recover), Some(again)) => {
                            State::Recovering { recover, sent: *sent, again: Some(again), response: Some(response) }
                        }
                        // Can't be sent again: what was started goes on for the next request.
                        (recovery, _) => {
                            let error = if let Recovery::Return(error) = recovery { Some(error) } else { None };
                            response.extensions_mut().insert(Outcome::rejected(*sent, false, error));
                            return Poll::Ready(Ok(response));
                        }
                    }
                }
                StateProj::Recovering { recover, sent, again, response } => match ready!(Pin::new(recover).poll(cx)) {
                    Ok(credential) => {
                        State::Readying { credential, sent: *sent, again: again.take(), response: response.take() }
                    }
                    Err(error) => return Poll::Ready(Ok(first_response(response, *sent, Some(error)))),
                },
                StateProj::Readying { credential, sent, again, response } => {
                    let authenticator = this.authenticator.as_ref().expect(HAS_AUTHENTICATOR);
                    let ready = match again.as_mut() {
                        Some(again) => ready!(again.service.poll_ready(cx)),
                        None => unreachable!("{POLLED_AFTER_END}"),
                    };
                    let Again { mut request, mut service } = again.take().expect(POLLED_AFTER_END);
                    // If it can't be sent again after all, the response at hand is worth more than an error.
                    if ready.is_err() {
                        return Poll::Ready(Ok(first_response(response, *sent, None)));
                    }
                    let attached = with_headers(&mut request, |uri, headers| {
                        authenticator.attach_credential(credential, uri, headers)
                    });
                    match attached {
                        Ok(sent) => State::Resending { future: service.call(request), sent },
                        Err(error) => return Poll::Ready(Ok(first_response(response, *sent, Some(error)))),
                    }
                }
                StateProj::Resending { future, sent } => {
                    let mut response = ready!(future.poll(cx)).map_err(Error::Inner)?;
                    let authenticator = this.authenticator.as_ref().expect(HAS_AUTHENTICATOR);
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

/// A future that has returned is not polled again; that is every future's contract.
const POLLED_AFTER_END: &str = "a future must not be polled after it has completed";

/// Only a future that attaches nothing has none, and it never gets beyond its first sending.
const HAS_AUTHENTICATOR: &str = "whoever waits for a token has an authenticator";

fn first_response<T>(response: &mut Option<Response<T>>, sent: Sent, error: Option<auth_core::Error>) -> Response<T> {
    let mut response = response.take().expect(POLLED_AFTER_END);
    response.extensions_mut().insert(Outcome::rejected(sent, false, error));
    response
}

impl<S, B> fmt::Debug for ResponseFuture<S, B>
where
    S: Service<Request<B>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Acquiring { .. } => "Acquiring",
            State::Sending { .. } => "Sending",
            State::Recovering { .. } => "Recovering",
            State::Readying { .. } => "Readying",
            State::Resending { .. } => "Resending",
            State::Failed { .. } => "Failed",
        };
        f.debug_struct("ResponseFuture").field("state", &state).finish_non_exhaustive()
    }
}
