//! The three ways to us: the core by hand, the Tower layer, reqwest's middleware.

use std::sync::Arc;

use auth_core::{Authenticator, Error, Outcome, Transport};
use auth_reqwest::{ClientExt, ErrorExt, ReqwestTransport, api_client, token_client};
use auth_tower::{AuthLayer, HyperTransport};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use reqwest_middleware::ClientWithMiddleware;
use tower::{Layer, ServiceExt};

use crate::certificates::Trust;
use crate::counters::by_hand::{Answered, by_hand};
use crate::rig::{self, Load, Replay};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Front {
    Core,
    Tower,
    Reqwest,
}

type Hyper<B> = legacy::Client<HttpsConnector<HttpConnector>, B>;

/// A client with an authenticator in it.
#[derive(Clone)]
pub(crate) enum Client {
    Core(Authenticator, Hyper<Load>),
    Tower(<AuthLayer as Layer<Hyper<Full<Bytes>>>>::Service),
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
        let hyper = legacy::Client::builder(TokioExecutor::new());
        match self {
            Self::Core => Client::Core(auth, hyper.build(trust.connector())),
            Self::Tower => Client::Tower(AuthLayer::new(auth).layer(hyper.build(trust.connector()))),
            Self::Reqwest => Client::Reqwest(trust.reqwest(api_client()).build().unwrap().authenticated(auth)),
        }
    }
}

impl Client {
    pub(crate) async fn get(&self, url: &str) -> Result<Reply, Failed> {
        match self {
            Self::Core(auth, hyper) => {
                let answered =
                    by_hand(auth, Replay::AsMade, hyper, rig::get(url)).await.map_err(|failed| match failed {
                        rig::Failed::Auth(error) => Failed::Auth(error),
                        rig::Failed::Client(error) => Failed::Client(format!("{error:?}")),
                    })?;
                let Answered { response, is_replayed, error } = answered;
                Ok(Reply { status: response.status(), replayed: is_replayed, error })
            }
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
