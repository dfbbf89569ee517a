//! One request's way: perhaps wait for a token, send, and perhaps send once more.

use auth_core::adapter::{Attach, Judgement, Recovery, Sent, Without};
use auth_core::{Authenticator, Outcome, RequestAuth};
use http::{Extensions, Uri};
use reqwest::{Client, Request, Response};
use reqwest_middleware::Next;

use crate::Error;
use crate::replay::Replay;
use crate::url::{answered_by, uri};

/// What sends a request.
pub(crate) enum Below<'a> {
    Client(&'a Client),
    Middlewares { next: Next<'a>, extensions: &'a mut Extensions },
}

impl Below<'_> {
    async fn send(&mut self, request: Request) -> Result<Response, Error> {
        match self {
            Self::Client(client) => client.execute(request).await.map_err(Error::from),
            Self::Middlewares { next, extensions } => next.clone().run(request, extensions).await.map_err(Error::from),
        }
    }
}

/// Sends a request with the authenticator's token, or the one that the request wishes for.
pub(crate) async fn send(
    authenticator: &Authenticator,
    wishes: Option<&RequestAuth>,
    replay: &Replay,
    mut request: Request,
    mut below: Below<'_>,
) -> Result<Response, Error> {
    let Some(authenticator) = wishes.map_or(Some(authenticator), |wishes| wishes.authenticator(authenticator)) else {
        let response = below.send(request).await?;
        return Ok(with(response, Outcome::without(Sent::Without(Without::Asked))));
    };
    let uri = uri(request.url()).map_err(Error::Auth)?;
    let copy = replay.copy(&request);
    let fresh = wishes.is_some_and(RequestAuth::wants_fresh);
    let sent = attach(authenticator, fresh, &uri, &mut request).await.map_err(Error::Auth)?;

    let response = below.send(request).await?;
    let Judgement::Rejected { generation } = judge(authenticator, sent, &uri, &response) else {
        return Ok(if let Sent::Without(_) = sent { with(response, Outcome::without(sent)) } else { response });
    };

    let give_back = |response, error| Ok(with(response, Outcome::rejected(sent, false, error)));
    let recovery = authenticator.recover(generation);
    let Some(mut request) = copy else {
        // Can't be sent again: what was started goes on for the next request.
        let error = if let Recovery::Return(error) = recovery { error } else { passed_once() };
        return give_back(response, Some(error));
    };
    let newer = match recovery {
        Recovery::Resend(newer) => Ok(newer),
        Recovery::Wait(recover) => recover.await,
        Recovery::Return(error) => Err(error),
    };
    if let Err(error) = newer {
        return give_back(response, Some(error));
    }
    // What counts is what is valid now, which may be newer still.
    let sent = match authenticator.attach(&uri, request.headers_mut()) {
        Ok(Attach::Ready(sent)) => sent,
        Ok(Attach::Wait(_)) => return give_back(response, None),
        Err(error) => return give_back(response, Some(error)),
    };
    drop(response);

    let response = below.send(request).await?;
    let outcome = match judge(authenticator, sent, &uri, &response) {
        Judgement::Fine => Outcome::replayed(sent),
        Judgement::Rejected { generation } => {
            let error = match authenticator.recover(generation) {
                Recovery::Return(error) => Some(error),
                Recovery::Resend(_) | Recovery::Wait(_) => None,
            };
            Outcome::rejected(sent, true, error)
        }
    };
    Ok(with(response, outcome))
}

/// Puts the credential on, and waits for it if there is none yet.
async fn attach(
    authenticator: &Authenticator,
    fresh: bool,
    uri: &Uri,
    request: &mut Request,
) -> Result<Sent, auth_core::Error> {
    let headers = request.headers_mut();
    let attached = if fresh { authenticator.attach_fresh(uri, headers) } else { authenticator.attach(uri, headers) };
    match attached? {
        Attach::Ready(sent) => Ok(sent),
        Attach::Wait(acquire) => {
            let credential = acquire.await?;
            authenticator.attach_credential(&credential, uri, request.headers_mut())
        }
    }
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

fn passed_once() -> auth_core::Error {
    auth_core::Error::transient("the request's body can't be sent again; a newer token is fetched for the next request")
}
