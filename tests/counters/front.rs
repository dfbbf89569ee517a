//! The three ways to an API.

use std::sync::Arc;

use auth_core::adapter::{Attach, Judgement, Recovery, Sent};
use auth_core::{Authenticator, RequestAuth, Transport};
use auth_tower::HyperTransport;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use crate::rig::{Adapter, Client, Failed, Load, Replay, Reqwest, Tower, hyper, tower::hyper2};

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

/// auth-core alone, attached and judged by hand: what somebody writes whose HTTP client has no adapter yet.
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

fn over(http: Http, auth: Authenticator, replay: Replay) -> Client {
    Client::new(move |request| {
        let (auth, http) = (auth.clone(), http.clone());
        Box::pin(async move { by_hand(&auth, replay, &http, request).await })
    })
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
