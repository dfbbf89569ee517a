//! A ready transport over hyper's client.

use std::fmt;
use std::time::Duration;

use auth_core::{Error, Transport, async_trait};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;

use crate::TowerTransport;

/// Time to reach the token endpoint: half of one attempt (10 s), so that there is time left for an answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends token requests with hyper's client: no redirects, no cookies, HTTP/1.1.
///
/// [`new`](HyperTransport::new) speaks plain http, which is for token endpoints on loopback. For real ones bring the TLS
/// connector of your choice, such as that of
/// `hyper-rustls = { version = "0.27", features = ["rustls-platform-verifier"] }`:
///
/// ```text
/// let connector = hyper_rustls::HttpsConnectorBuilder::new().with_platform_verifier().https_only().enable_http1().build();
/// let transport = HyperTransport::with_connector(connector);
/// ```
#[derive(Clone)]
pub struct HyperTransport<C = HttpConnector> {
    client: TowerTransport<Client<C, Full<Bytes>>>,
    plain: bool,
}

impl HyperTransport {
    /// A transport for plain http.
    pub fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        Self { plain: true, ..Self::with_connector(connector) }
    }
}

impl Default for HyperTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> HyperTransport<C>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    /// A transport over a connector of yours, which brings TLS, proxies and name resolution.
    pub fn with_connector(connector: C) -> Self {
        let client = TowerTransport::new(Client::builder(TokioExecutor::new()).build(connector));
        Self { client, plain: false }
    }
}

impl<C> fmt::Debug for HyperTransport<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HyperTransport")
    }
}

#[async_trait]
impl<C> Transport for HyperTransport<C>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        if self.plain && request.uri().scheme_str() != Some("http") {
            let message = "this transport speaks plain http only: build it with HyperTransport::with_connector(..) and a \
                           TLS connector";
            return Err(Error::misconfigured(message));
        }
        self.client.send(request, limit).await
    }
}
