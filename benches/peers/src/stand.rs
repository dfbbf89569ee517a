//! What a contender is given to start with.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Error;
use crate::contender::Contender;
use crate::issuer::{Endpoint, Issuer, Plan};

/// One place to stand on: an issuer, and where requests will go.
#[derive(Clone, Debug)]
pub(crate) struct Stand {
    pub(crate) issuer: Issuer,
    pub(crate) origin: String,
    /// Of the service accounts, in PEM.
    pub(crate) key: String,
}

/// Makes them.
pub(crate) struct Stands {
    endpoint: Endpoint,
    key: String,
}

impl Stands {
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self { endpoint: Endpoint::start()?, key: key()? })
    }

    /// An issuer of tokens that last. `origin` is where the requests go.
    pub(crate) fn lasting(&self, contender: &Contender, origin: &str) -> Stand {
        let plan =
            Plan { due: Duration::from_secs(3000), ahead: contender.ahead, answer: Duration::ZERO, tokens: u64::MAX };
        self.with(plan, origin)
    }

    pub(crate) fn with(&self, plan: Plan, origin: &str) -> Stand {
        Stand { issuer: self.endpoint.issuer(plan), origin: origin.to_owned(), key: self.key.clone() }
    }
}

/// A service account's, for those who can't be had without.
fn key() -> Result<String, Error> {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rsa::{KeyPair, KeySize};

    let failed = |_| "no RSA key could be made";
    let der = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?.as_der().map_err(failed)?;
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    let text = STANDARD.encode(der.as_ref());
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    Ok(pem)
}
