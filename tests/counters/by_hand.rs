//! auth-core alone, attached and judged by hand: what somebody writes whose HTTP client has no adapter yet.

use auth_core::adapter::{Attach, Judgement, Recovery, Sent};
use auth_core::{Authenticator, Error, RequestAuth};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::client::legacy::{self, connect::Connect};

use crate::rig::{Failed, Load, Replay};

/// What a request came to.
pub(crate) struct Answered {
    pub(crate) response: Response<Bytes>,
    /// Whether it was sent twice.
    pub(crate) is_replayed: bool,
    /// Why there is no newer token, after a 401.
    pub(crate) error: Option<Error>,
}

pub(crate) async fn by_hand<C>(
    auth: &Authenticator,
    replay: Replay,
    http: &legacy::Client<C, Load>,
    mut request: Request<Load>,
) -> Result<Answered, Failed>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let again = match replay {
        Replay::Never => false,
        Replay::AsMade => matches!(request.body(), Load::Bytes(bytes) if bytes.is_empty()),
        Replay::Bodies | Replay::If(_) => request.body().can_be_had_again(),
    };
    let wishes = request.extensions().get::<RequestAuth>().cloned();
    let auth = wishes.as_ref().and_then(|wishes| wishes.authenticator(auth)).unwrap_or(auth);
    let copy = again.then(|| request.clone());
    let sent = attached(auth, &mut request).await.map_err(Failed::Auth)?;
    let response = http.request(request).await.map_err(|error| Failed::Client(error.into()))?;
    let Judgement::Rejected { generation } = auth.judge(sent, response.status(), response.headers(), None) else {
        return once(response, None).await;
    };
    let recovery = auth.recover(generation);
    let Some(mut request) = copy else { return once(response, None).await };
    let newer = match recovery {
        Recovery::Resend(credential) => Ok(credential),
        Recovery::Wait(recover) => recover.await,
        Recovery::Return(error) => Err(error),
    };
    let newer = match newer {
        Ok(newer) => newer,
        Err(error) => return once(response, Some(error)).await,
    };
    let uri = request.uri().clone();
    let sent = auth.attach_credential(&newer, &uri, request.headers_mut()).map_err(Failed::Auth)?;
    let response = http.request(request).await.map_err(|error| Failed::Client(error.into()))?;
    if let Judgement::Rejected { generation } = auth.judge(sent, response.status(), response.headers(), None) {
        // It is the next request's business.
        drop(auth.recover(generation));
    }
    Ok(Answered { response: whole(response).await?, is_replayed: true, error: None })
}

async fn once(response: Response<Incoming>, error: Option<Error>) -> Result<Answered, Failed> {
    Ok(Answered { response: whole(response).await?, is_replayed: false, error })
}

async fn attached(auth: &Authenticator, request: &mut Request<Load>) -> Result<Sent, Error> {
    let uri = request.uri().clone();
    match auth.attach(&uri, request.headers_mut())? {
        Attach::Ready(sent) => Ok(sent),
        Attach::Wait(acquire) => auth.attach_credential(&acquire.await?, &uri, request.headers_mut()),
    }
}

async fn whole(response: Response<Incoming>) -> Result<Response<Bytes>, Failed> {
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(|error| Failed::Client(error.into()))?;
    Ok(Response::from_parts(head, body.to_bytes()))
}
