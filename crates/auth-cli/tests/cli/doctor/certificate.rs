//! What is wrong with a certificate.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::{Checked, doctor};
use crate::rig::User;

/// An issuer of certificates that nobody knows unless told.
struct Issuer(CertifiedIssuer<'static, KeyPair>);

impl Issuer {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A server on loopback with a certificate for `name`, by whatever `change` makes of it. It answers 200 to everything.
    async fn serve(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> String {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let acceptor =
            TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // One that does not trust it goes away.
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}").await;
                let _ = stream.shutdown().await;
            }
        });
        url
    }
}

async fn checked(url: &str, trusted: Option<&Issuer>) -> Checked {
    let user = User::new().with("PODSTACK_API_KEY", "t").with("PODSTACK_API_ENDPOINT", url);
    let user = match trusted {
        Some(issuer) => {
            let path = user.write("issuer.pem", &issuer.0.pem());
            user.with("SSL_CERT_FILE", path.to_str().unwrap())
        }
        None => user,
    };
    doctor(&user, "").await
}

#[tokio::test]
async fn one_that_nobody_vouches_for_is_told_with_the_way_to_trust_it() {
    let issuer = Issuer::new();
    let url = issuer.serve("127.0.0.1", |_| {}).await;
    let checked = checked(&url, None).await;
    assert_eq!(checked.code, Some(1));
    checked.is("api-tls", "fail", &["from an issuer that this machine does not trust", "SSL_CERT_FILE"]);
    checked.is("api-call", "skipped", &["because of 10 (api-tls)"]);
}

// Where else the system's store is, no variable adds to it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_is_wrong_with_one_of_a_known_issuer_is_told() {
    let issuer = Issuer::new();
    let url = issuer.serve("127.0.0.1", |_| {}).await;
    let good = checked(&url, Some(&issuer)).await;
    good.is("api-tls", "ok", &["the certificate of 127.0.0.1 is good"]);
    good.is("api-call", "ok", &[]);
    assert_eq!(good.code, Some(0));

    let url = issuer.serve("127.0.0.1", |params| params.not_after = date_time_ymd(2020, 1, 1)).await;
    checked(&url, Some(&issuer)).await.is("api-tls", "fail", &["has expired", "renewed"]);
    let url = issuer.serve("127.0.0.1", |params| params.not_before = date_time_ymd(2090, 1, 1)).await;
    checked(&url, Some(&issuer)).await.is("api-tls", "fail", &["is not valid yet", "clock"]);
    let url = issuer.serve("elsewhere.example", |_| {}).await;
    checked(&url, Some(&issuer)).await.is("api-tls", "fail", &["is for another name than 127.0.0.1"]);
}

#[tokio::test]
async fn a_token_endpoint_has_a_certificate_of_its_own() {
    let url = Issuer::new().serve("127.0.0.1", |_| {}).await;
    let emulator = auth_emulator::Emulator::start().await.unwrap();
    let config = crate::rig::exchanging(&emulator).replace(&emulator.token_url(), &format!("{url}/token"));
    let checked = doctor(&User::new().with_config(&config), "").await;
    assert_eq!(checked.code, Some(1));
    checked.is("token-tls", "fail", &["does not trust"]);
    checked.is("token", "skipped", &["because of 13 (token-tls)"]);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_told() {
    let emulator = auth_emulator::Emulator::start().await.unwrap();
    let checked = checked(&emulator.url().replace("http://", "https://"), None).await;
    checked.is("api-tls", "fail", &["does not speak TLS"]);
}
