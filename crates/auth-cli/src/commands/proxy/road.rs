//! How connections to the upstream are made: directly, or through the environment's proxy.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use auth_core::Endpoint;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::failure::Failure;

/// Nobody who can be reached takes longer; and what can't be should be told before the caller's own patience ends.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// What TLS goes over.
#[derive(Clone, Debug)]
pub(super) enum Road {
    Direct(HttpConnector),
    /// CONNECT at an HTTP proxy: it sees the upstream's name, and nothing of what is said there.
    Tunnel(Tunnel<HttpConnector>),
}

/// What a client connects by.
pub(super) type Connector = HttpsConnector<Road>;

impl Road {
    /// As the environment says for this upstream. Plain http never goes through a proxy, which would see the credential; it is
    /// for upstreams on this machine anyhow.
    pub(super) fn to(upstream: &Endpoint, timeout: Duration) -> Result<Self, Failure> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT.min(timeout)));
        let uri = upstream.join("/")?;
        let intercept = (uri.scheme_str() == Some("https")).then(|| Matcher::from_system().intercept(&uri)).flatten();
        let Some(intercept) = intercept else { return Ok(Self::Direct(connector)) };
        if intercept.uri().scheme_str() != Some("http") {
            return Err(Failure::failed(
                "the environment's proxy is none that is reached by http, which is the only kind that can be used here: \
                 except the upstream from it by NO_PROXY",
            ));
        }
        let tunnel = Tunnel::new(intercept.uri().clone(), connector);
        Ok(Self::Tunnel(match intercept.basic_auth() {
            Some(auth) => tunnel.with_auth(auth.clone()),
            None => tunnel,
        }))
    }

    /// Over TLS if the URL says so, with the system's certificates. `http2`: by ALPN, as the upstream likes.
    pub(super) fn connector(&self, http2: bool) -> Result<Connector, Failure> {
        let builder = HttpsConnectorBuilder::new().try_with_platform_verifier();
        let builder = builder.map_err(|_| Failure::failed("the system's certificates can't be used"))?;
        let builder = builder.https_or_http().enable_http1();
        Ok(if http2 {
            builder.enable_http2().wrap_connector(self.clone())
        } else {
            builder.wrap_connector(self.clone())
        })
    }
}

impl Service<Uri> for Road {
    type Response = TokioIo<TcpStream>;
    type Error = BoxedError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxedError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxedError>> {
        match self {
            Self::Direct(connector) => connector.poll_ready(cx).map_err(Into::into),
            Self::Tunnel(tunnel) => tunnel.poll_ready(cx).map_err(Into::into),
        }
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        match self {
            Self::Direct(connector) => {
                let connecting = connector.call(uri);
                Box::pin(async move { Ok(connecting.await?) })
            }
            Self::Tunnel(tunnel) => {
                let connecting = tunnel.call(uri);
                Box::pin(async move { Ok(connecting.await?) })
            }
        }
    }
}
