//! The three ways to an API.

use std::sync::Arc;

use auth_core::{Authenticator, Transport};
use auth_tower::HyperTransport;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use super::by_hand::by_hand;
use crate::rig::{Adapter, Client, Load, Replay, Reqwest, Tower, hyper, tower::hyper2};

/// One of them.
pub(crate) trait Front: Send + Sync + 'static {
    /// As the table has it.
    const NAME: &'static str;

    /// A client over sockets.
    fn client(auth: Authenticator, replay: Replay) -> Client;

    /// The same over HTTP/2.
    fn http2_client(auth: Authenticator, replay: Replay) -> Client;

    /// What fetches its tokens.
    fn transport() -> Arc<dyn Transport>;

    /// The same over TLS, with one issuer of certificates that is trusted. None where this build has no TLS.
    fn tls_transport(issuer: &CertificateDer<'static>) -> Option<Arc<dyn Transport>>;
}

impl Front for Tower {
    const NAME: &'static str = "tower";

    fn client(auth: Authenticator, replay: Replay) -> Client {
        Self::over_sockets(auth, replay)
    }

    fn transport() -> Arc<dyn Transport> {
        <Self as Adapter>::transport()
    }

    fn http2_client(auth: Authenticator, replay: Replay) -> Client {
        Self::over_http2(auth, replay)
    }

    fn tls_transport(issuer: &CertificateDer<'static>) -> Option<Arc<dyn Transport>> {
        Some(hyper_over_tls(issuer))
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

    fn http2_client(auth: Authenticator, replay: Replay) -> Client {
        Self::over_http2(auth, replay)
    }

    #[cfg(feature = "tls")]
    fn tls_transport(issuer: &CertificateDer<'static>) -> Option<Arc<dyn Transport>> {
        let issuer = reqwest::Certificate::from_der(issuer).unwrap();
        let client = auth_reqwest::token_client().no_proxy().tls_certs_only([issuer]);
        Some(Arc::new(auth_reqwest::ReqwestTransport::with_builder(client).unwrap()))
    }

    #[cfg(not(feature = "tls"))]
    fn tls_transport(_: &CertificateDer<'static>) -> Option<Arc<dyn Transport>> {
        None
    }
}

/// auth-core alone, attached and judged by hand.
pub(crate) struct Core;

impl Front for Core {
    const NAME: &'static str = "core";

    fn client(auth: Authenticator, replay: Replay) -> Client {
        over(hyper(), auth, replay)
    }

    fn http2_client(auth: Authenticator, replay: Replay) -> Client {
        over(hyper2(), auth, replay)
    }

    fn transport() -> Arc<dyn Transport> {
        Arc::new(HyperTransport::new())
    }

    fn tls_transport(issuer: &CertificateDer<'static>) -> Option<Arc<dyn Transport>> {
        Some(hyper_over_tls(issuer))
    }
}

fn hyper_over_tls(issuer: &CertificateDer<'static>) -> Arc<dyn Transport> {
    let mut roots = RootCertStore::empty();
    roots.add(issuer.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_only().enable_http1().build();
    Arc::new(HyperTransport::with_connector(connector))
}

fn over(http: legacy::Client<HttpConnector, Load>, auth: Authenticator, replay: Replay) -> Client {
    Client::new(move |request| {
        let (auth, http) = (auth.clone(), http.clone());
        Box::pin(async move { Ok(by_hand(&auth, replay, &http, request).await?.response) })
    })
}
