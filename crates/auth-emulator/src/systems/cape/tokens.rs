//! The personal access tokens: made, found, deleted; never kept.

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Cape, state_file};
use crate::{
    Rejection,
    public_key::PublicKey,
    random, rules,
    signing_key::SigningKey,
    verifier::{self, Party},
};

pub(crate) struct Tokens {
    key: &'static SigningKey,
    /// The name of `key`, which follows from it.
    key_id: String,
    file: Option<PathBuf>,
    book: Mutex<Book>,
}

/// Everything that outlives a server. The keys are public ones, of all servers whose tokens are here: a server that
/// restarts signs with a new key, and still verifies what the old one signed. So no private key is ever written, and
/// whoever steals the file can make no token.
#[derive(Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Book {
    keys: Map<String, Value>,
    tokens: Vec<Entry>,
}

/// A token, without the token: its digest says which string it was.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) function_id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expiry: Option<Timestamp>,
    pub(crate) last_used: Option<Timestamp>,
    digest: String,
    key: String,
}

#[derive(Default)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) function_id: String,
    pub(crate) expiry: Option<Timestamp>,
}

impl Tokens {
    pub(crate) fn open(key: &'static SigningKey, file: Option<PathBuf>) -> io::Result<Self> {
        let book = file.as_deref().map(state_file::read).transpose()?.flatten().unwrap_or_default();
        for (id, jwk) in &book.keys {
            PublicKey::from_jwk(id, jwk).map_err(|unfit| io::Error::new(io::ErrorKind::InvalidData, unfit))?;
        }
        let key_id = random::sha256(&key.jwk().to_string());
        Ok(Self { key, key_id, file, book: Mutex::new(book) })
    }

    /// Makes a token. It is in the answer and nowhere else.
    ///
    /// # Errors
    ///
    /// When the file can't be written: then there is no token either.
    pub(crate) fn create(&self, wanted: Wanted, now: Duration) -> io::Result<String> {
        let id = random::id(22);
        let mut claims = json!({
            "aud": [Cape::AUDIENCE],
            "iat": now.as_secs(),
            "iss": Cape::ISSUER,
            "jti": id,
            "nbf": now.as_secs(),
            "sub": Cape::SUBJECT,
        });
        if let Some(expiry) = wanted.expiry {
            claims["exp"] = expiry.as_second().into();
        }
        let token = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, self.key.encoding())
            .expect("the key is RSA and was made for this algorithm, and the claims are plain JSON");
        self.keep(id, wanted, &token, now)?;
        Ok(token)
    }

    /// Takes a token as if it had been made here.
    #[cfg(test)]
    pub(crate) fn adopt(&self, id: &str, token: &str, now: Duration) {
        self.delete(id).unwrap();
        self.keep(id.to_owned(), Wanted::default(), token, now).unwrap();
    }

    fn keep(&self, id: String, wanted: Wanted, token: &str, now: Duration) -> io::Result<()> {
        let Wanted { name, description, function_id, expiry } = wanted;
        self.change(|book| {
            book.keys.insert(self.key_id.clone(), self.key.jwk().clone());
            book.tokens.push(Entry {
                id,
                name,
                description,
                function_id,
                created_at: timestamp(now),
                expiry,
                last_used: None,
                digest: random::sha256(token),
                key: self.key_id.clone(),
            });
        })
    }

    pub(crate) fn list(&self) -> Vec<Entry> {
        self.lock().tokens.clone()
    }

    /// Whether there was one.
    ///
    /// # Errors
    ///
    /// When the file can't be written: the token would be back after a restart, so it is not called deleted.
    pub(crate) fn delete(&self, id: &str) -> io::Result<bool> {
        let known = self.lock().tokens.iter().any(|entry| entry.id == id);
        if known {
            self.change(|book| book.tokens.retain(|entry| entry.id != id))?;
        }
        Ok(known)
    }

    /// Deletes a token by itself, if it is good.
    pub(crate) fn delete_token(&self, token: &str, now: Duration) -> bool {
        self.verify(token, now).is_ok_and(|entry| self.delete(&entry.id).unwrap_or(false))
    }

    pub(crate) fn delete_all(&self) {
        if self.change(|book| book.tokens.clear()).is_err() {
            // Gone from this server at least; the next change that can be written takes them from the file.
            self.lock().tokens.clear();
        }
    }

    pub(crate) fn used(&self, id: &str, now: Duration) {
        let now = timestamp(now);
        if self.lock().tokens.iter().any(|entry| entry.id == id && entry.last_used != Some(now)) {
            // A date that could not be written is no reason to refuse anybody.
            let _ = self.change(|book| {
                book.tokens.iter_mut().filter(|entry| entry.id == id).for_each(|entry| entry.last_used = Some(now));
            });
        }
    }

    /// Signature and claims, then whether it is still in the book, and is the very string that was handed out.
    pub(crate) fn verify(&self, token: &str, now: Duration) -> Result<Entry, Rejection> {
        let verified = verifier::verify(&rules::PERSONAL_ACCESS_TOKEN, token, now, |claims| self.party(claims))?;
        let digest = random::sha256(token);
        let book = self.lock();
        let entry = book.tokens.iter().find(|entry| Some(&entry.id) == verified.jti.as_ref());
        entry.filter(|entry| entry.digest == digest).cloned().ok_or(Rejection::Revoked)
    }

    /// The key that the book has for this token, or our own for one that isn't in it.
    fn party(&self, claims: &Map<String, Value>) -> Result<Party, Rejection> {
        let book = self.lock();
        let entry = book.tokens.iter().find(|entry| claims.get("jti").and_then(Value::as_str) == Some(&entry.id));
        let id = entry.map_or(&self.key_id, |entry| &entry.key);
        let key = match book.keys.get(id) {
            Some(jwk) => PublicKey::from_jwk(id, jwk).map_err(|_| Rejection::Key)?,
            None => self.key.public(id),
        };
        Ok(Party {
            issuers: vec![Cape::ISSUER.to_owned()],
            subject: Some(Cape::SUBJECT.to_owned()),
            audiences: vec![Cape::AUDIENCE.to_owned()],
            keys: vec![key],
        })
    }

    /// On the file first: what is not written did not happen.
    fn change(&self, change: impl FnOnce(&mut Book)) -> io::Result<()> {
        let book = &mut *self.lock();
        let mut changed = book.clone();
        change(&mut changed);
        if let Some(file) = &self.file {
            state_file::write(file, &changed)?;
        }
        *book = changed;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whole seconds, as Cape writes its dates.
fn timestamp(now: Duration) -> Timestamp {
    Timestamp::from_second(i64::try_from(now.as_secs()).unwrap_or(i64::MAX)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
