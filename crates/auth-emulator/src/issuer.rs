//! Issues access tokens, and remembers them so that they can be revoked or served again.

use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jsonwebtoken::{Algorithm, Header};
use serde_json::{Map, Value, json};

use crate::{Rejection, random, realm::Realm, signing_key::SigningKey};

pub(crate) struct Issuer {
    key: &'static SigningKey,
    url: String,
    lifetime_secs: AtomicU64,
    /// Never held across an await: nothing here awaits.
    issued: Mutex<Issued>,
}

#[derive(Default)]
struct Issued {
    tokens: Vec<IssuedToken>,
    revoked: HashSet<String>,
}

#[derive(Clone)]
pub(crate) struct IssuedToken {
    pub(crate) token: String,
    /// Seconds since 1970.
    pub(crate) expiration: u64,
    realm: Realm,
    jti: String,
}

/// A token that somebody earned.
pub(crate) struct Order {
    pub(crate) realm: Realm,
    pub(crate) subject: String,
    /// In place of the emulator's own.
    pub(crate) lifetime: Option<Duration>,
    pub(crate) claims: Map<String, Value>,
}

impl Order {
    pub(crate) fn new(realm: Realm, subject: impl Into<String>) -> Self {
        Self { realm, subject: subject.into(), lifetime: None, claims: Map::new() }
    }

    pub(crate) fn with(mut self, claim: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(claim.to_owned(), value.into());
        self
    }
}

impl Issuer {
    pub(crate) fn new(key: &'static SigningKey, url: String, lifetime: Duration) -> Self {
        Self { key, url, lifetime_secs: AtomicU64::new(lifetime.as_secs()), issued: Mutex::default() }
    }

    pub(crate) fn set_lifetime(&self, lifetime: Duration) {
        self.lifetime_secs.store(lifetime.as_secs(), Ordering::Relaxed);
    }

    /// A signed token, as IBM Cloud IAM writes it, with an `aud` so that an API can check one.
    pub(crate) fn issue(&self, order: Order, now: Duration) -> IssuedToken {
        let mut issued = self.lock();
        let Order { realm, subject, lifetime, mut claims } = order;
        let expiration = self.expiration(lifetime, now);
        let issuer = realm.issuer(&self.url);
        let jti = format!("{issuer}#{}", issued.tokens.len() + 1);
        for (name, value) in [
            ("iss", json!(issuer)),
            ("sub", json!(subject)),
            ("aud", json!(realm.audience(&self.url))),
            ("iat", json!(now.as_secs())),
            ("exp", json!(expiration)),
            ("jti", json!(jti)),
        ] {
            claims.insert(name.to_owned(), value);
        }
        let header = Header { kid: Some(SigningKey::ID.to_owned()), ..Header::new(Algorithm::RS256) };
        let token = jsonwebtoken::encode(&header, &claims, self.key.encoding())
            .expect("the key is RSA and was made for this algorithm, and the claims are plain JSON");
        let token = IssuedToken { token, expiration, realm, jti };
        issued.tokens.push(token.clone());
        token
    }

    /// A token that says nothing: only the list of those issued can tell whether it is good.
    pub(crate) fn issue_opaque(
        &self,
        realm: Realm,
        prefix: &str,
        lifetime: Option<Duration>,
        now: Duration,
    ) -> IssuedToken {
        let mut issued = self.lock();
        let token = format!("{prefix}{}", random::id(40));
        let jti = format!("{}#{}", realm.issuer(&self.url), issued.tokens.len() + 1);
        let token = IssuedToken { token, expiration: self.expiration(lifetime, now), realm, jti };
        issued.tokens.push(token.clone());
        token
    }

    /// Whether an opaque token is good.
    pub(crate) fn verify_opaque(&self, realm: Realm, token: &str, now: Duration) -> Result<(), Rejection> {
        let Issued { tokens, revoked } = &*self.lock();
        let found = tokens.iter().find(|issued| issued.realm == realm && issued.token == token);
        match found {
            Some(found) if now >= Duration::from_secs(found.expiration) => Err(Rejection::Expired),
            Some(found) if !revoked.contains(&found.jti) => Ok(()),
            _ => Err(Rejection::Revoked),
        }
    }

    /// The newest token of a realm, whatever has become of it since.
    pub(crate) fn last(&self, realm: Realm) -> Option<IssuedToken> {
        self.lock().tokens.iter().rfind(|token| token.realm == realm).cloned()
    }

    pub(crate) fn issued(&self) -> Vec<String> {
        self.lock().tokens.iter().map(|token| token.token.clone()).collect()
    }

    pub(crate) fn revoke_all(&self) {
        let Issued { tokens, revoked } = &mut *self.lock();
        revoked.extend(tokens.iter().map(|token| token.jti.clone()));
    }

    pub(crate) fn revoke(&self, token: &str) -> bool {
        let Issued { tokens, revoked } = &mut *self.lock();
        let found = tokens.iter().find(|issued| issued.token == token);
        revoked.extend(found.map(|issued| issued.jti.clone()));
        found.is_some()
    }

    pub(crate) fn is_revoked(&self, jti: &str) -> bool {
        self.lock().revoked.contains(jti)
    }

    /// Rounded up: a token must not end before its `expires_in` is over, which a short life would show.
    fn expiration(&self, lifetime: Option<Duration>, now: Duration) -> u64 {
        let lifetime = lifetime.map_or_else(|| self.lifetime_secs.load(Ordering::Relaxed), |own| own.as_secs());
        rounded_up(now).saturating_add(lifetime)
    }

    fn lock(&self) -> MutexGuard<'_, Issued> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whole seconds, the begun one counted.
pub(crate) fn rounded_up(now: Duration) -> u64 {
    now.as_secs().saturating_add(u64::from(now.subsec_nanos() > 0))
}
