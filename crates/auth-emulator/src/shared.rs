//! What the two origins, their connections and the owner of the emulator share.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::HeaderName;
use tokio::sync::watch;

use crate::{
    Claims, Emulator, Fault, Flaw, Plan, Rejection, Wire,
    client::Client,
    clock::Clock,
    issuer::{Issuer, Order},
    realm::Realm,
    recording::Recording,
    rules,
    signing_key::SigningKey,
    systems::State,
    verifier::{self, Party, Verified},
};

pub(crate) const TOKEN_PATH: &str = "/identity/token";

pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) other_origin: String,
    pub(crate) clock: Clock,
    pub(crate) key: &'static SigningKey,
    pub(crate) issuer: Issuer,
    pub(crate) recording: Recording,
    pub(crate) token_faults: Plan<Fault>,
    pub(crate) token_flaws: Plan<Flaw>,
    pub(crate) api_faults: Plan<Fault>,
    pub(crate) connection_faults: Plan<Wire>,
    /// How many came to the main origin.
    pub(crate) connections: AtomicUsize,
    pub(crate) client: Option<Client>,
    pub(crate) token_header: Option<HeaderName>,
    pub(crate) systems: State,
    pub(crate) body_limit: usize,
    /// True once the emulator is dropped: conversations that left HTTP behind end then.
    pub(crate) ended: watch::Sender<bool>,
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
        systems: State,
        body_limit: usize,
    ) -> Self {
        Self {
            issuer: Issuer::new(key, url.clone(), lifetime),
            url,
            other_origin,
            clock,
            key,
            recording: Recording::default(),
            token_faults: Plan::default(),
            token_flaws: Plan::default(),
            api_faults: Plan::default(),
            connection_faults: Plan::of(Wire::check_without_request),
            connections: AtomicUsize::new(0),
            client,
            token_header,
            systems,
            body_limit,
            ended: watch::Sender::new(false),
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

    /// A connection to the main origin, and what it meets.
    pub(crate) fn connected(&self) -> Option<Wire> {
        self.connections.fetch_add(1, Ordering::SeqCst);
        self.connection_faults.take()
    }

    pub(crate) fn clear_faults(&self) {
        self.token_faults.clear();
        self.token_flaws.clear();
        self.api_faults.clear();
        self.connection_faults.clear();
    }

    pub(crate) fn revoke_all(&self) {
        self.issuer.revoke_all();
        self.systems.cape.delete_all();
    }

    /// Whether it was ours: one that was issued, or a personal access token.
    pub(crate) fn revoke(&self, token: &str) -> bool {
        self.issuer.revoke(token) || self.systems.cape.delete_token(token, self.now())
    }

    pub(crate) fn first_api_key(&self) -> Option<String> {
        self.api_keys.lock().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }

    pub(crate) fn knows_api_key(&self, key: &str) -> bool {
        self.api_keys.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|known| known == key)
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.since_epoch()
    }

    pub(crate) fn issue_token(&self) -> String {
        self.issuer.issue(Self::iam_order(Emulator::SUBJECT), self.now()).token
    }

    /// A token as IBM Cloud IAM writes it.
    pub(crate) fn iam_order(subject: &str) -> Order {
        Order::new(Realm::Iam, subject).with("iam_id", format!("iam-{subject}"))
    }

    pub(crate) fn verify(&self, token: &str) -> Result<Claims, Rejection> {
        self.verify_for(&[Realm::Iam, Realm::OAuth], token)
    }

    /// Verifies an access token of one of these realms.
    pub(crate) fn verify_for(&self, realms: &[Realm], token: &str) -> Result<Claims, Rejection> {
        let verified = self.verified(realms, token)?;
        let jti = verified.jti.ok_or(Rejection::MissingClaim("jti"))?;
        let expires_at = verified.expires_at.ok_or(Rejection::MissingClaim("exp"))?;
        Ok(Claims { subject: verified.subject, jti, expires_at })
    }

    /// The same, with all claims.
    pub(crate) fn verified(&self, realms: &[Realm], token: &str) -> Result<Verified, Rejection> {
        let party = Party {
            issuers: realms.iter().map(|realm| realm.issuer(&self.url)).collect(),
            subject: None,
            audiences: realms.iter().map(|realm| realm.audience(&self.url)).collect(),
            keys: vec![self.key.public(SigningKey::ID)],
        };
        let verified = verifier::verify(&rules::ACCESS_TOKEN, token, self.now(), |_| Ok(party))?;
        match &verified.jti {
            Some(jti) if self.issuer.is_revoked(jti) => Err(Rejection::Revoked),
            _ => Ok(verified),
        }
    }
}
