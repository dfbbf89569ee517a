//! A certificate authority for one run, what it vouches for, and whom a client trusts.

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

/// The name that the servers' certificate is for. By its address the same server has the wrong one.
pub(crate) const NAME: &str = "localhost";

/// A certificate for [`NAME`], and the authority that made it.
pub(crate) struct Certificate {
    pub(crate) pem: String,
    pub(crate) key_pem: String,
    pub(crate) trust: Trust,
}

/// The one authority that a client trusts.
#[derive(Clone)]
pub(crate) struct Trust(CertificateDer<'static>);

impl Certificate {
    pub(crate) fn new() -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let made = CertificateParams::new([NAME.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
        let trust = Trust(authority.as_ref().der().clone());
        Self { pem: made.pem(), key_pem: key.serialize_pem(), trust }
    }
}

impl Trust {
    /// A connector for hyper's client.
    pub(crate) fn connector(&self) -> HttpsConnector<HttpConnector> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.clone()).unwrap();
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().build()
    }

    /// The same for reqwest, whatever the environment says about proxies.
    pub(crate) fn reqwest(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        builder.no_proxy().tls_certs_only([reqwest::Certificate::from_der(&self.0).unwrap()])
    }
}
