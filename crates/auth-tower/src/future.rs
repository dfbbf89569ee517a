//! One request's way: perhaps wait for a token, send, and perhaps send once more.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::adapter::{Judgement, Recovery, Sent, not_replayable};
use auth_core::{Authenticator, Outcome};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::Error;
use crate::aside::{Aside, Held, Step};
use crate::options::Options;

pin_project! {
    /// The response to come. Made by [`Auth`](crate::Auth).
    ///
    /// `K` is what is kept of the request for a second sending ([`Replay::Kept`](crate::Replay::Kept)).
    pub struct ResponseFuture<S, B, K = Request<B>>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        state: State<S, B, K, S::Future, S::Response>,
        authenticator: Authenticator,
        options: Options,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, B, K, F, T> {
        // It was sent. All that a request with a valid token goes through.
        Sending { #[pin] future: F, sent: Sent, turn: Turn<S, K> },
        // It waits for something else than its response. Rare, so in a box: the usual future is small.
        Aside { aside: Box<Aside<S, B, K, T>> },
    }
}

/// Which sending of a request this is.
pub(crate) enum Turn<S, K> {
    /// The first, and it can't be sent again.
    Only,
    /// The first. Not in a box, which would cost each request that can be sent again an allocation.
    First(Again<S, K>),
    /// The second and last.
    Second,
}

impl<S, K> Turn<S, K> {
    #[inline]
    pub(crate) fn first(again: Option<Again<S, K>>) -> Self {
        again.map_or(Self::Only, Self::First)
    }

    fn again(self) -> Option<Again<S, K>> {
        if let Self::First(again) = self { Some(again) } else { None }
    }
}

/// What it takes to send a request a second time.
pub(crate) struct Again<S, K> {
    pub(crate) request: K,
    pub(crate) service: S,
}

impl<S, B, K> ResponseFuture<S, B, K>
where
    S: Service<Request<B>>,
{
    #[inline]
    pub(crate) fn sending(
        future: S::Future,
        sent: Sent,
        turn: Turn<S, K>,
        authenticator: Authenticator,
        options: Options,
    ) -> Self {
        Self { state: State::Sending { future, sent, turn }, authenticator, options }
    }

    pub(crate) fn aside(aside: Aside<S, B, K, S::Response>, authenticator: Authenticator, options: Options) -> Self {
        Self { state: State::Aside { aside: Box::new(aside) }, authenticator, options }
    }
}

impl<S, B, K, T> Future for ResponseFuture<S, B, K>
where
    S: Service<Request<B>, Response = Response<T>>,
    K: Into<Request<B>>,
{
    type Output = Result<Response<T>, Error<S::Error>>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let this = self.as_mut().project();
            let StateProj::Sending { future, sent, turn } = this.state.project() else {
                match ready!(self.as_mut().poll_aside(cx)).map_err(Error::Auth)? {
                    Some(response) => return Poll::Ready(Ok(response)),
                    None => continue,
                }
            };
            let response = ready!(future.poll(cx)).map_err(Error::Inner)?;
            let judgement = this.options.judge(this.authenticator, *sent, &response);
            if let (Judgement::Fine, Sent::With { .. }, Turn::Only | Turn::First(_)) = (judgement, *sent, turn) {
                return Poll::Ready(Ok(response));
            }
            if let Some(response) = self.as_mut().answered(response, judgement) {
                return Poll::Ready(Ok(response));
            }
        }
    }
}

impl<S, B, K, T> ResponseFuture<S, B, K>
where
    S: Service<Request<B>, Response = Response<T>>,
    K: Into<Request<B>>,
{
    /// What to do about a response that is not simply returned. `None`: go on polling.
    #[cold]
    fn answered(self: Pin<&mut Self>, mut response: Response<T>, judgement: Judgement) -> Option<Response<T>> {
        let mut this = self.project();
        let StateProj::Sending { sent, turn, .. } = this.state.as_mut().project() else { return Some(response) };
        let sent = *sent;
        let Judgement::Rejected { generation } = judgement else {
            let outcome = if let Turn::Second = turn { Outcome::replayed(sent) } else { Outcome::without(sent) };
            response.extensions_mut().insert(outcome);
            return Some(response);
        };
        let recovery = this.authenticator.recover(generation);
        let is_second = matches!(turn, Turn::Second);
        let again = mem::replace(turn, Turn::Only).again();
        let again = again.map(|Again { request, service }| Again { request: request.into(), service });
        // What was redirected below may have been applied, although its last hop was not.
        let may_go_again = |again: &Again<S, Request<B>>| {
            again.request.method().is_safe() || !this.options.was_redirected(again.request.uri(), &response)
        };
        let Some(again) = again.filter(may_go_again) else {
            // Can't be sent again: what was started goes on for the next request.
            let error = match recovery {
                Recovery::Return(error) => Some(error),
                _ => (!is_second).then(not_replayable),
            };
            response.extensions_mut().insert(Outcome::rejected(sent, is_second, error));
            return Some(response);
        };
        let held = Held { response, sent, again };
        let aside = match recovery {
            Recovery::Resend(_) => Aside::Readying { patience: None, held: Some(held) },
            Recovery::Wait(recover) => Aside::Recovering { recover, held: Some(held) },
            Recovery::Return(error) => return Some(held.give_back(Some(error))),
        };
        this.state.set(State::Aside { aside: Box::new(aside) });
        None
    }

    /// `None`: go on polling.
    fn poll_aside(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Option<Response<T>>, auth_core::Error>> {
        let mut this = self.project();
        let StateProj::Aside { aside } = this.state.as_mut().project() else { return Poll::Ready(Ok(None)) };
        let (future, sent, turn) = match ready!(aside.poll(cx, this.authenticator))? {
            Step::Return(response) => return Poll::Ready(Ok(Some(response))),
            Step::Send { request, copy, mut service, sent } => {
                let future = service.call(request);
                (future, sent, Turn::first(copy.map(|request| Again { request, service })))
            }
            Step::SendAgain { again: Again { request, mut service }, sent } => {
                (service.call(request), sent, Turn::Second)
            }
        };
        this.state.set(State::Sending { future, sent, turn });
        Poll::Ready(Ok(None))
    }
}

impl<S, B, K> fmt::Debug for ResponseFuture<S, B, K>
where
    S: Service<Request<B>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Sending { turn: Turn::Only | Turn::First(_), .. } => "Sending",
            State::Sending { turn: Turn::Second, .. } => "Resending",
            State::Aside { aside } => aside.name(),
        };
        f.debug_struct("ResponseFuture").field("state", &state).finish_non_exhaustive()
    }
}
