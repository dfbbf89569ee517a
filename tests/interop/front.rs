//! The three ways to us: the core by hand, the Tower layer, reqwest's middleware.

use std::sync::Arc;

use auth_core::adapter::{Attach, Judgement, Recovery, Sent};
use auth_core::{Authenticator, Error, Outcome, Transport};
use auth_reqwest::{ClientExt, ErrorExt, ReqwestTransport, api_client, token_client};
use auth_tower::{AuthLayer, HyperTransport};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, Uri};
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use reqwest_middleware::ClientWithMiddleware;
use tower::{Layer, ServiceExt};

use crate::certificates::Trust;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Front {
    Core,
    Tower,
    Reqwest,
}

type Hyper = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// A client with an authenticator in it.
#[derive(Clone)]
pub(crate) enum Client {
    Core(Authenticator, Hyper),
    Tower(<AuthLayer as Layer<Hyper>>::Service),
    Reqwest(ClientWithMiddleware),
}

/// What a request came to.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    /// Whether it was sent twice.
    pub(crate) replayed: bool,
    /// Why not, after a 401.
    pub(crate) error: Option<Error>,
}

impl Reply {
    fn new(status: StatusCode, outcome: Option<&Outcome>) -> Self {
        let replayed = outcome.is_some_and(Outcome::is_replayed);
        Self { status, replayed, error: outcome.and_then(Outcome::error).cloned() }
    }

    fn once(status: StatusCode, error: Option<Error>) -> Self {
        Self { status, replayed: false, error }
    }
}

/// Why there is none.
#[derive(Debug)]
pub(crate) enum Failed {
    /// There is no token; nothing was sent.
    Auth(Error),
    /// The HTTP client's own reason.
    Client(String),
}

impl Front {
    pub(crate) const ALL: [Self; 3] = [Self::Core, Self::Tower, Self::Reqwest];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Core => "core by hand",
            Self::Tower => "Tower",
            Self::Reqwest => "reqwest",
        }
    }

    /// What fetches tokens.
    pub(crate) fn transport(self, trust: &Trust) -> Arc<dyn Transport> {
        match self {
            Self::Core | Self::Tower => Arc::new(HyperTransport::with_connector(trust.connector())),
            Self::Reqwest => Arc::new(ReqwestTransport::with_builder(trust.reqwest(token_client())).unwrap()),
        }
    }

    pub(crate) fn client(self, auth: Authenticator, trust: &Trust) -> Client {
        let hyper = || legacy::Client::builder(TokioExecutor::new()).build(trust.connector());
        match self {
            Self::Core => Client::Core(auth, hyper()),
            Self::Tower => Client::Tower(AuthLayer::new(auth).layer(hyper())),
            Self::Reqwest => Client::Reqwest(trust.reqwest(api_client()).build().unwrap().authenticated(auth)),
        }
    }
}

impl Client {
    pub(crate) async fn get(&self, url: &str) -> Result<Reply, Failed> {
        match self {
            Self::Core(auth, hyper) => by_hand(auth, hyper, &url.parse().unwrap()).await,
            Self::Tower(service) => {
                let request = Request::get(url).body(Full::default()).unwrap();
                let response = service.clone().oneshot(request).await.map_err(|error| match error {
                    auth_tower::Error::Auth(error) => Failed::Auth(error),
                    auth_tower::Error::Inner(error) => Failed::Client(format!("{error:?}")),
                })?;
                Ok(Reply::new(response.status(), response.extensions().get()))
            }
            Self::Reqwest(client) => {
                let response = client.get(url).send().await.map_err(|error| match error.auth() {
                    Some(error) => Failed::Auth(error.clone()),
                    None => Failed::Client(format!("{error:?}")),
                })?;
                Ok(Reply::new(response.status(), response.extensions().get()))
            }
        }
    }
}

/// The protocol of `auth_core::adapter`, spelled out.
async fn by_hand(auth: &Authenticator, hyper: &Hyper, uri: &Uri) -> Result<Reply, Failed> {
    let mut headers = HeaderMap::new();
    let sent = match auth.attach(uri, &mut headers).map_err(Failed::Auth)? {
        Attach::Ready(sent) => sent,
        Attach::Wait(acquire) => {
            let credential = acquire.await.map_err(Failed::Auth)?;
            auth.attach_credential(&credential, uri, &mut headers).map_err(Failed::Auth)?
        }
    };
    let (status, judgement) = exchange(auth, hyper, uri, headers, sent).await?;
    let Judgement::Rejected { generation } = judgement else { return Ok(Reply::once(status, None)) };
    match auth.recover(generation) {
        Recovery::Return(error) => return Ok(Reply::once(status, Some(error))),
        Recovery::Resend(_) => {}
        Recovery::Wait(newer) => {
            if let Err(error) = newer.await {
                return Ok(Reply::once(status, Some(error)));
            }
        }
    }
    let mut headers = HeaderMap::new();
    let Attach::Ready(sent) = auth.attach(uri, &mut headers).map_err(Failed::Auth)? else {
        return Ok(Reply::once(status, None));
    };
    let (status, _) = exchange(auth, hyper, uri, headers, sent).await?;
    Ok(Reply { status, replayed: true, error: None })
}

async fn exchange(
    auth: &Authenticator,
    hyper: &Hyper,
    uri: &Uri,
    headers: HeaderMap,
    sent: Sent,
) -> Result<(StatusCode, Judgement), Failed> {
    let mut request = Request::get(uri).body(Full::default()).unwrap();
    *request.headers_mut() = headers;
    let response = hyper.request(request).await.map_err(|error| Failed::Client(format!("{error:?}")))?;
    Ok((response.status(), auth.judge(sent, response.status(), response.headers(), None)))
}
