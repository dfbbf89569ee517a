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
use serde_json::json;

use crate::{Emulator, signing_key::SigningKey};

pub(crate) struct Issuer {
    key: &'static SigningKey,
    name: String,
    audience: String,
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
    jti: String,
}

impl Issuer {
    pub(crate) fn new(key: &'static SigningKey, name: String, audience: String, lifetime: Duration) -> Self {
        Self { key, name, audience, lifetime_secs: AtomicU64::new(lifetime.as_secs()), issued: Mutex::default() }
    }

    pub(crate) fn set_lifetime(&self, lifetime: Duration) {
        self.lifetime_secs.store(lifetime.as_secs(), Ordering::Relaxed);
    }

    /// A token as IBM Cloud IAM writes it, with an `aud` so that the API can check one.
    pub(crate) fn issue(&self, now: Duration) -> IssuedToken {
        let mut issued = self.lock();
        let iat = now.as_secs();
        // Rounded up: a token must not end before its `expires_in` is over, which a short life would show.
        let expiration = rounded_up(now).saturating_add(self.lifetime_secs.load(Ordering::Relaxed));
        let jti = format!("{}#{}", self.name, issued.tokens.len() + 1);
        let header = Header { kid: Some(SigningKey::ID.to_owned()), ..Header::new(Algorithm::RS256) };
        let claims = json!({
            "iss": self.name,
            "sub": Emulator::SUBJECT,
            "aud": self.audience,
            "iam_id": format!("iam-{}", Emulator::SUBJECT),
            "iat": iat,
            "exp": expiration,
            "jti": jti,
        });
        let token = jsonwebtoken::encode(&header, &claims, self.key.encoding())
            .expect("the key is RSA and was made for this algorithm, and the claims are plain JSON");
        let token = IssuedToken { token, expiration, jti };
        issued.tokens.push(token.clone());
        token
    }

    /// The newest token, whatever has become of it since.
    pub(crate) fn last(&self) -> Option<IssuedToken> {
        self.lock().tokens.last().cloned()
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

    fn lock(&self) -> MutexGuard<'_, Issued> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whole seconds, the begun one counted.
pub(crate) fn rounded_up(now: Duration) -> u64 {
    now.as_secs().saturating_add(u64::from(now.subsec_nanos() > 0))
}
