//! One request's way: perhaps wait for a token, send, and perhaps send once more.

use auth_core::adapter::{Attach, Judgement, Recovery, Sent, Without, passed_once};
use auth_core::runtime::Sleep;
use auth_core::{Authenticator, Outcome, RequestAuth};
use http::Uri;
use reqwest::{Request, Response};

use crate::Error;
use crate::below::Below;
use crate::limit::within;
use crate::replay::Replay;
use crate::url::{answered_by, uri, was_redirected};

/// Sends a request with the authenticator's token, or the one that the request wishes for.
pub(crate) async fn send<B: Below>(
    authenticator: &Authenticator,
    wishes: Option<&RequestAuth>,
    replay: &Replay,
    mut request: Request,
    mut below: B,
) -> Result<Response, Error<B::Error>> {
    let Some(authenticator) = wishes.map_or(Some(authenticator), |wishes| wishes.authenticator(authenticator)) else {
        let response = below.send(request).await.map_err(Error::Inner)?;
        return Ok(with(response, Outcome::without(Sent::Without(Without::Asked))));
    };
    let uri = uri(request.url()).map_err(Error::Auth)?;
    let copy = replay.copy(&request);
    let fresh = wishes.is_some_and(RequestAuth::wants_fresh);
    let sent = attach(authenticator, fresh, &uri, &mut request).await.map_err(Error::Auth)?;
    let copy = copy.filter(|_| matches!(sent, Sent::With { .. }));
    // reqwest counts on while the first response is held: after half of the request's own time it can still be read.
    let patience = request.timeout().map(|timeout| authenticator.timer(*timeout / 2));

    let response = below.send(request).await.map_err(Error::Inner)?;
    let Judgement::Rejected { generation } = judge(authenticator, sent, &uri, &response) else {
        return Ok(if let Sent::Without(_) = sent { with(response, Outcome::without(sent)) } else { response });
    };
    match newer(authenticator, generation, copy, &uri, &response, patience).await {
        Ok((request, sent)) => {
            drop(response);
            let response = below.send(request).await.map_err(Error::Inner)?;
            let outcome = second(authenticator, sent, &uri, &response);
            Ok(with(response, outcome))
        }
        Err(cause) => Ok(with(response, Outcome::rejected(sent, false, cause))),
    }
}

/// Puts the credential on, and waits for it if there is none yet.
async fn attach(
    authenticator: &Authenticator,
    fresh: bool,
    uri: &Uri,
    request: &mut Request,
) -> Result<Sent, auth_core::Error> {
    let timeout = request.timeout().copied();
    let headers = request.headers_mut();
    let attached = if fresh { authenticator.attach_fresh(uri, headers) } else { authenticator.attach(uri, headers) };
    match attached? {
        Attach::Ready(sent) => Ok(sent),
        Attach::Wait(acquire) => {
            let credential = within(timeout.map(|timeout| authenticator.timer(timeout)), acquire).await?;
            authenticator.attach_credential(&credential, uri, headers)
        }
    }
}

/// The request with a newer token than the rejected one; or nothing better than the response at hand, and why.
async fn newer(
    authenticator: &Authenticator,
    rejected: u64,
    copy: Option<Request>,
    uri: &Uri,
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
    match authenticator.attach(uri, request.headers_mut())? {
        Attach::Ready(sent @ Sent::With { .. }) => Ok((request, sent)),
        Attach::Ready(Sent::Without(_)) | Attach::Wait(_) => Err(None),
    }
}

/// What became of the second sending, which is the last.
fn second(authenticator: &Authenticator, sent: Sent, uri: &Uri, response: &Response) -> Outcome {
    let Judgement::Rejected { generation } = judge(authenticator, sent, uri, response) else {
        return Outcome::replayed(sent);
    };
    let cause = match authenticator.recover(generation) {
        Recovery::Return(error) => Some(error),
        Recovery::Resend(_) | Recovery::Wait(_) => None,
    };
    Outcome::rejected(sent, true, cause)
}

fn judge(authenticator: &Authenticator, sent: Sent, uri: &Uri, response: &Response) -> Judgement {
    match answered_by(response, uri) {
        Ok(answered_by) => authenticator.judge(sent, response.status(), response.headers(), answered_by.as_ref()),
        // Somebody else's answer says nothing about the token.
        Err(_) => Judgement::Fine,
    }
}

fn with(mut response: Response, outcome: Outcome) -> Response {
    response.extensions_mut().insert(outcome);
    response
}
