//! One request's way: perhaps wait for a token, send, and perhaps send once more.

use std::mem;
use std::time::Duration;

use auth_core::adapter::{Attach, Judgement, Recovery, Sent, Target, Without, not_replayable};
use auth_core::runtime::Sleep;
use auth_core::{Acquire, Authenticator, Outcome, RequestAuth};
use http::HeaderMap;
use reqwest::{Request, Response};

use crate::Error;
use crate::below::Below;
use crate::limit::within;
use crate::replay::Replay;
use crate::url::{answered_by, target, was_redirected};

/// Sends a request with the authenticator's token, or the one that the request wishes for.
///
/// Every hit allocates this future, so it is kept small: what is rare lies in a box, and what was ever lent (a request, to
/// have a header put on) is lent in functions of their own, or it would have its place here to the end.
pub(crate) async fn send<B, E>(
    authenticator: &Authenticator,
    wishes: Option<RequestAuth>,
    replay: &Replay,
    request: Request,
    mut below: B,
) -> Result<Response, E>
where
    B: Below,
    E: From<Error<B::Error>>,
{
    let failed = |error| Error::Inner(B::without_url(error));
    let wishes = wishes.as_ref();
    let chosen = wishes.map_or(Some(authenticator), |wishes| wishes.authenticator(authenticator));
    let fresh = wishes.is_some_and(RequestAuth::wants_fresh);
    let Begun { request, copy, timeout, attached } = begin(chosen, fresh, replay, request).map_err(Error::Auth)?;
    let authenticator = chosen.unwrap_or(authenticator);
    let (request, sent) = match attached {
        Attach::Ready(sent) => (request, sent),
        Attach::Wait(acquire) => {
            let waiting = attach_late(authenticator, acquire, timeout, request);
            Box::pin(waiting).await.map_err(Error::Auth)?
        }
    };
    let copy = copy.filter(|_| matches!(sent, Sent::With { .. }));
    // reqwest counts on while the first response is held: after half of the request's own time it can still be read.
    let patience = timeout.filter(|_| copy.is_some()).map(|timeout| authenticator.timer(timeout / 2));

    let response = below.send(request).await.map_err(failed)?;
    let Judgement::Rejected { generation } = judge(authenticator, sent, &response) else {
        return Ok(if let Sent::Without(_) = sent { with(response, Outcome::without(sent)) } else { response });
    };
    match Box::pin(newer(authenticator, generation, copy, &response, patience)).await {
        Ok((request, sent)) => {
            drop(response);
            let response = below.send(*request).await.map_err(failed)?;
            let outcome = second(authenticator, sent, &response);
            Ok(with(response, outcome))
        }
        Err(cause) => Ok(with(response, Outcome::rejected(sent, false, cause))),
    }
}

/// A request before it is sent.
struct Begun {
    request: Request,
    /// For a second sending.
    copy: Option<Box<Request>>,
    /// The request's own.
    timeout: Option<Duration>,
    attached: Attach,
}

/// Copies a request for a second sending, and puts the credential on it, if it is to have one and there is one.
fn begin(
    authenticator: Option<&Authenticator>,
    fresh: bool,
    replay: &Replay,
    mut request: Request,
) -> Result<Begun, auth_core::Error> {
    let timeout = request.timeout().copied();
    let Some(authenticator) = authenticator else {
        return Ok(Begun { request, copy: None, timeout, attached: Attach::Ready(Sent::Without(Without::Asked)) });
    };
    let copy = replay.copy(&request).map(Box::new);
    let attached = with_headers(&mut request, |target, headers| {
        if fresh { authenticator.attach_fresh(target, headers) } else { authenticator.attach(target, headers) }
    })?;
    Ok(Begun { request, copy, timeout, attached })
}

/// Waits for a token, no longer than the request has time, and puts it on.
async fn attach_late(
    authenticator: &Authenticator,
    acquire: Acquire,
    timeout: Option<Duration>,
    mut request: Request,
) -> Result<(Request, Sent), auth_core::Error> {
    let credential = within(timeout.map(|timeout| authenticator.timer(timeout)), acquire).await?;
    let attach =
        |target: Target<'_>, headers: &mut HeaderMap| authenticator.attach_credential(&credential, target, headers);
    let sent = with_headers(&mut request, attach)?;
    Ok((request, sent))
}

/// The request with a newer token than the rejected one; or nothing better than the response at hand, and why.
async fn newer(
    authenticator: &Authenticator,
    rejected: u64,
    copy: Option<Box<Request>>,
    response: &Response,
    patience: Option<Sleep>,
) -> Result<(Box<Request>, Sent), Option<auth_core::Error>> {
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
