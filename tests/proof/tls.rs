//! TLS in front of the emulator, with a certificate that is good or not.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// An issuer of certificates.
pub(crate) struct Issuer(CertifiedIssuer<'static, KeyPair>);

/// What is wrong with the certificate.
#[derive(Clone, Copy)]
pub(crate) enum Certificate {
    Good,
    OfAnotherName,
    Expired,
}

/// Ends what it serves when it is dropped.
pub(crate) struct Relay {
    /// `https://127.0.0.1:PORT`.
    pub(crate) url: String,
    serving: JoinHandle<()>,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// Hands what comes by TLS to `to`.
    pub(crate) async fn serve(&self, certificate: Certificate, to: SocketAddr) -> Relay {
        let name = if matches!(certificate, Certificate::OfAnotherName) { "elsewhere.example" } else { "127.0.0.1" };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if matches!(certificate, Certificate::Expired) {
            params.not_after = date_time_ymd(2020, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // One that does not trust it goes away.
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let Ok(mut inner) = TcpStream::connect(to).await else { return };
                    let _gone = copy_bidirectional(&mut stream, &mut inner).await;
                });
            }
        });
        Relay { url, serving }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
