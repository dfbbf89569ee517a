//! What the two origins, their connections and the owner of the emulator share.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::HeaderName;

use crate::{
    Claims, Fault, Flaw, Plan, Rejection, client::Client, clock::Clock, issuer::Issuer, recording::Recording,
    signing_key::SigningKey, verifier::Verifier,
};

pub(crate) const TOKEN_PATH: &str = "/identity/token";
pub(crate) const API_PREFIX: &str = "/api/";

pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) other_origin: String,
    pub(crate) clock: Clock,
    pub(crate) issuer: Issuer,
    pub(crate) recording: Recording,
    pub(crate) token_faults: Plan<Fault>,
    pub(crate) token_flaws: Plan<Flaw>,
    pub(crate) api_faults: Plan<Fault>,
    pub(crate) client: Option<Client>,
    pub(crate) token_header: Option<HeaderName>,
    verifier: Verifier,
    api_keys: Mutex<Arc<[String]>>,
}

impl Shared {
    #[expect(clippy::too_many_arguments, reason = "called once, by the builder, whose fields these are")]
    pub(crate) fn new(
        url: String,
        other_origin: String,
        key: &'static SigningKey,
        clock: Clock,
        lifetime: Duration,
        api_keys: Vec<String>,
        client: Option<Client>,
        token_header: Option<HeaderName>,
    ) -> Self {
        let issuer_name = format!("{url}/identity");
        let audience = format!("{url}/api");
        Self {
            issuer: Issuer::new(key, issuer_name.clone(), audience.clone(), lifetime),
            verifier: Verifier::new(key.decoding(), SigningKey::ID, issuer_name, audience),
            url,
            other_origin,
            clock,
            recording: Recording::default(),
            token_faults: Plan::default(),
            token_flaws: Plan::default(),
            api_faults: Plan::default(),
            client,
            token_header,
            api_keys: Mutex::new(api_keys.into()),
        }
    }

    pub(crate) fn token_url(&self) -> String {
        format!("{}{TOKEN_PATH}", self.url)
    }

    pub(crate) fn api_url(&self) -> String {
        format!("{}/api", self.url)
    }

    pub(crate) fn set_api_keys(&self, keys: Vec<String>) {
        *self.api_keys.lock().unwrap_or_else(PoisonError::into_inner) = keys.into();
    }

    pub(crate) fn knows_api_key(&self, key: &str) -> bool {
        self.api_keys.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|known| known == key)
    }

    pub(crate) fn issue_token(&self) -> String {
        self.issuer.issue(self.clock.since_epoch()).token
    }

    pub(crate) fn verify(&self, token: &str) -> Result<Claims, Rejection> {
        self.verifier.verify(token, self.clock.since_epoch(), |jti| self.issuer.is_revoked(jti))
    }
}
