//! The three ways to an API.

use std::sync::Arc;

use auth_core::adapter::{Attach, Judgement, Recovery, Sent};
use auth_core::{Authenticator, RequestAuth, Transport};
use auth_tower::HyperTransport;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper_util::client::legacy::{self, connect::HttpConnector};

use crate::rig::{Adapter, Client, Failed, Load, Replay, Reqwest, Tower, hyper};

/// One of them.
pub(crate) trait Front: Send + Sync + 'static {
    /// As the table has it.
    const NAME: &'static str;

    /// A client over sockets.
    fn client(auth: Authenticator, replay: Replay) -> Client;

    /// What fetches its tokens.
    fn transport() -> Arc<dyn Transport>;
}

impl Front for Tower {
    const NAME: &'static str = "tower";

    fn client(auth: Authenticator, replay: Replay) -> Client {
        Self::over_sockets(auth, replay)
    }

    fn transport() -> Arc<dyn Transport> {
        <Self as Adapter>::transport()
    }
}

impl Front for Reqwest {
    const NAME: &'static str = "reqwest";

    fn client(auth: Authenticator, replay: Replay) -> Client {
        Self::over_sockets(auth, replay)
    }

    fn transport() -> Arc<dyn Transport> {
        <Self as Adapter>::transport()
    }
}

/// auth-core alone, attached and judged by hand: what somebody writes whose HTTP client has no adapter yet.
pub(crate) struct Core;

impl Front for Core {
    const NAME: &'static str = "core";

    fn client(auth: Authenticator, replay: Replay) -> Client {
        let http = hyper();
        Client::new(move |request| {
            let (auth, http) = (auth.clone(), http.clone());
            Box::pin(async move { by_hand(&auth, replay, &http, request).await })
        })
    }

    fn transport() -> Arc<dyn Transport> {
        Arc::new(HyperTransport::new())
    }
}

type Http = legacy::Client<HttpConnector, Load>;

async fn by_hand(
    auth: &Authenticator,
    replay: Replay,
    http: &Http,
    mut request: Request<Load>,
) -> Result<Response<Bytes>, Failed> {
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
        return whole(response).await;
    };
    let recovery = auth.recover(generation);
    let Some(mut request) = copy else { return whole(response).await };
    let newer = match recovery {
        Recovery::Resend(credential) => Ok(credential),
        Recovery::Wait(recover) => recover.await,
        Recovery::Return(error) => Err(error),
    };
    let Ok(newer) = newer else { return whole(response).await };
    let uri = request.uri().clone();
    let sent = auth.attach_credential(&newer, &uri, request.headers_mut()).map_err(Failed::Auth)?;
    let response = http.request(request).await.map_err(|error| Failed::Client(error.into()))?;
    if let Judgement::Rejected { generation } = auth.judge(sent, response.status(), response.headers(), None) {
        // It is the next request's business.
        drop(auth.recover(generation));
    }
    whole(response).await
}

async fn attached(auth: &Authenticator, request: &mut Request<Load>) -> Result<Sent, auth_core::Error> {
    let uri = request.uri().clone();
    match auth.attach(&uri, request.headers_mut())? {
        Attach::Ready(sent) => Ok(sent),
        Attach::Wait(acquire) => auth.attach_credential(&acquire.await?, &uri, request.headers_mut()),
    }
}

async fn whole(response: Response<hyper::body::Incoming>) -> Result<Response<Bytes>, Failed> {
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(|error| Failed::Client(error.into()))?;
    Ok(Response::from_parts(head, body.to_bytes()))
}
