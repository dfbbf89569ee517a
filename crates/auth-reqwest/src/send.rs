//! One request's way: perhaps wait for a token, send, and perhaps send once more.

use std::mem;

use auth_core::adapter::{Attach, Judgement, Recovery, Sent, Target, Without, passed_once};
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
/// What is rare lies in a box, so that the usual request is not moved about with room for it.
pub(crate) async fn send<B: Below>(
    authenticator: &Authenticator,
    wishes: Option<&RequestAuth>,
    replay: &Replay,
    mut request: Request,
    mut below: B,
) -> Result<Response, Error<B::Error>> {
    let failed = |error| Error::Inner(B::without_url(error));
    let Some(authenticator) = wishes.map_or(Some(authenticator), |wishes| wishes.authenticator(authenticator)) else {
        let response = below.send(request).await.map_err(failed)?;
        return Ok(with(response, Outcome::without(Sent::Without(Without::Asked))));
    };
    let copy = replay.copy(&request);
    let fresh = wishes.is_some_and(RequestAuth::wants_fresh);
    let attached = with_headers(&mut request, |target, headers| {
        if fresh { authenticator.attach_fresh(target, headers) } else { authenticator.attach(target, headers) }
    });
    let sent = match attached.map_err(Error::Auth)? {
        Attach::Ready(sent) => sent,
        Attach::Wait(acquire) => {
            Box::pin(attach_late(authenticator, acquire, &mut request)).await.map_err(Error::Auth)?
        }
    };
    let copy = copy.filter(|_| matches!(sent, Sent::With { .. }));
    // reqwest counts on while the first response is held: after half of the request's own time it can still be read.
    let patience = request.timeout().map(|timeout| authenticator.timer(*timeout / 2));

    let response = below.send(request).await.map_err(failed)?;
    let Judgement::Rejected { generation } = judge(authenticator, sent, &response) else {
        return Ok(if let Sent::Without(_) = sent { with(response, Outcome::without(sent)) } else { response });
    };
    match Box::pin(newer(authenticator, generation, copy, &response, patience)).await {
        Ok((request, sent)) => {
            drop(response);
            let response = below.send(request).await.map_err(failed)?;
            let outcome = second(authenticator, sent, &response);
            Ok(with(response, outcome))
        }
        Err(cause) => Ok(with(response, Outcome::rejected(sent, false, cause))),
    }
}

/// Waits for a token, no longer than the request has time, and puts it on.
async fn attach_late(
    authenticator: &Authenticator,
    acquire: Acquire,
    request: &mut Request,
) -> Result<Sent, auth_core::Error> {
    let timer = request.timeout().map(|timeout| authenticator.timer(*timeout));
    let credential = within(timer, acquire).await?;
    with_headers(request, |target, headers| authenticator.attach_credential(&credential, target, headers))
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
        return Err(Some(if let Recovery::Return(error) = recovery { error } else { passed_once() }));
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
