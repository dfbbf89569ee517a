//! One request's way: perhaps wait for a token, send, and perhaps send once more.

use std::future::Future;
use std::mem;

use auth_core::adapter::{Attach, Judgement, Recovery, Sent, Target, Without, not_replayable};
use auth_core::runtime::Sleep;
use auth_core::{Acquire, Authenticator, Outcome, RequestAuth};
use http::HeaderMap;
use reqwest::{Request, Response};

use crate::Error;
use crate::below::Below;
use crate::limit::within;
use crate::replay::Replay;
use crate::url::{Hit, answered_by, target, was_redirected};

/// Sends a request with the authenticator's token, or the one that the request wishes for.
///
/// Every hit allocates this future, so it is kept small: what is rare lies in a box. And a request is large, so it stays
/// where it was put when the future was made, and is lent from there.
#[expect(clippy::manual_async_fn, reason = "an async function has its arguments in its future twice")]
pub(crate) fn send<'a, B, E>(
    authenticator: &'a Authenticator,
    wishes: Option<RequestAuth>,
    replay: &'a Replay,
    mut request: Request,
    mut below: B,
) -> impl Future<Output = Result<Response, E>> + Send + use<'a, B, E>
where
    B: Below,
    E: From<Error<B::Error>>,
{
    async move {
        let wishes = wishes.as_ref();
        let chosen = wishes.map_or(Some(authenticator), |wishes| wishes.authenticator(authenticator));
        let mut copy = chosen.and_then(|_| replay.copy(&request));
        let fresh = wishes.is_some_and(RequestAuth::wants_fresh);
        let attached = begin(chosen, fresh, &mut request).map_err(Error::Auth)?;
        let authenticator = chosen.unwrap_or(authenticator);
        let sent = match attached {
            Attach::Ready(sent) => sent,
            Attach::Wait(acquire) => {
                Box::pin(attach_late(authenticator, acquire, &mut request)).await.map_err(Error::Auth)?
            }
        };
        if let Sent::Without(_) = sent {
            copy = None;
        }
        // reqwest counts on while the first response is held: after half of the request's own time it can still be read.
        let patience = copy.as_ref().and_then(|copy| Some(authenticator.timer(*copy.timeout()? / 2)));

        let response = below.send(request).await.map_err(failed::<B>)?;
        match judge(authenticator, sent, &response) {
            Judgement::Fine if matches!(sent, Sent::With { .. }) => Ok(response),
            Judgement::Fine => Ok(with(response, Outcome::without(sent))),
            Judgement::Rejected { generation } => {
                let again = again(authenticator, sent, generation, copy, patience, response, &mut below);
                Ok(Box::pin(again).await.map_err(failed::<B>)?)
            }
        }
    }
}

fn failed<B: Below>(error: B::Error) -> Error<B::Error> {
    Error::Inner(B::without_url(error))
}

/// Puts the credential on a request, if it is to have one and there is one.
fn begin(
    authenticator: Option<&Authenticator>,
    fresh: bool,
    request: &mut Request,
) -> Result<Attach, auth_core::Error> {
    let Some(authenticator) = authenticator else { return Ok(Attach::Ready(Sent::Without(Without::Asked))) };
    if fresh {
        return with_headers(request, |target, headers| authenticator.attach_fresh(target, headers));
    }
    match authenticator.hit(&mut Hit(request)) {
        Some(sent) => Ok(Attach::Ready(sent)),
        None => with_headers(request, |target, headers| authenticator.attach(target, headers)),
    }
}

/// Waits for a token, no longer than the request has time, and puts it on.
async fn attach_late(
    authenticator: &Authenticator,
    acquire: Acquire,
    request: &mut Request,
) -> Result<Sent, auth_core::Error> {
    let limit = request.timeout().map(|timeout| authenticator.timer(*timeout));
    let credential = within(limit, acquire).await?;
    with_headers(request, |target, headers| authenticator.attach_credential(&credential, target, headers))
}

/// What comes of a rejected token: the answer to a second sending, or the one at hand.
async fn again<B: Below>(
    authenticator: &Authenticator,
    sent: Sent,
    rejected: u64,
    copy: Option<Request>,
    patience: Option<Sleep>,
    response: Response,
    below: &mut B,
) -> Result<Response, B::Error> {
    match newer(authenticator, rejected, copy, &response, patience).await {
        Ok((request, sent)) => {
            drop(response);
            let response = below.send(request).await?;
            let outcome = second(authenticator, sent, &response);
            Ok(with(response, outcome))
        }
        Err(cause) => Ok(with(response, Outcome::rejected(sent, false, cause))),
    }
}

/// The request with a newer token than the rejected one; or nothing better than the response at hand, and why.
async fn newer(
    authenticator: &Authenticator,
    rejected: u64,
    copy: Option<Request>,
    response: &Response,
    patience: Option<Sleep>,
) -> Result<(Request, Sent), Option<auth_core::Error>> {
    let recovery = authenticator.recover(rejected);
    // What was redirected may have been applied, although its last hop was not.
    let Some(mut request) = copy.filter(|copy| copy.method().is_safe() || !was_redirected(copy, response)) else {
        // What was started goes on for the next request.
        return Err(Some(if let Recovery::Return(error) = recovery { error } else { not_replayable() }));
    };
    match recovery {
        Recovery::Resend(_) => {}
        Recovery::Wait(recover) => drop(within(patience, recover).await?),
        Recovery::Return(error) => return Err(Some(error)),
    }
    // What counts is what is valid now, which may be newer still; or something that can't go on this request.
    match with_headers(&mut request, |target, headers| authenticator.attach(target, headers))? {
        Attach::Ready(sent @ Sent::With { .. }) => Ok((request, sent)),
        Attach::Ready(Sent::Without(_)) | Attach::Wait(_) => Err(None),
    }
}

/// What became of the second sending, which is the last.
fn second(authenticator: &Authenticator, sent: Sent, response: &Response) -> Outcome {
    let Judgement::Rejected { generation } = judge(authenticator, sent, response) else {
        return Outcome::replayed(sent);
    };
    let cause = match authenticator.recover(generation) {
        Recovery::Return(error) => Some(error),
        Recovery::Resend(_) | Recovery::Wait(_) => None,
    };
    Outcome::rejected(sent, true, cause)
}

fn judge(authenticator: &Authenticator, sent: Sent, response: &Response) -> Judgement {
    authenticator.judge(sent, response.status(), response.headers(), answered_by(response))
}

/// Lends where a request goes and its headers at the same time, without cloning either.
fn with_headers<T>(request: &mut Request, change: impl FnOnce(Target<'_>, &mut HeaderMap) -> T) -> T {
    let mut headers = mem::take(request.headers_mut());
    let result = change(target(request.url()), &mut headers);
    *request.headers_mut() = headers;
    result
}

fn with(mut response: Response, outcome: Outcome) -> Response {
    response.extensions_mut().insert(outcome);
    response
}
