//! Refresh tokens that are good for one use (RFC 9700, section 4.14.2).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{issuer::Issuer, random, realm::Realm};

/// The refresh tokens of all families. Each use gives the next of its family; a second use of the same says that
/// somebody else has it, and ends the family with every access token it ever gave.
#[derive(Default)]
pub(crate) struct RefreshTokens(Mutex<Book>);

#[derive(Default)]
struct Book {
    families: Vec<Family>,
    /// Every refresh token ever issued, and the family it is of.
    tokens: HashMap<String, usize>,
}

struct Family {
    realm: Realm,
    client: String,
    /// `None` once the family has ended.
    newest: Option<String>,
    access_tokens: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Unknown,
    /// Used before; the family has ended.
    Reused,
}

impl RefreshTokens {
    /// The first of a new family.
    pub(crate) fn start(&self, realm: Realm, client: &str) -> String {
        let book = &mut *self.lock();
        let token = format!("rt-{}", random::id(40));
        book.tokens.insert(token.clone(), book.families.len());
        book.families.push(Family {
            realm,
            client: client.to_owned(),
            newest: Some(token.clone()),
            access_tokens: Vec::new(),
        });
        token
    }

    /// Uses a refresh token up and gives the next.
    pub(crate) fn turn(&self, realm: Realm, client: &str, token: &str, issuer: &Issuer) -> Result<String, Refused> {
        let book = &mut *self.lock();
        let at = *book.tokens.get(token).ok_or(Refused::Unknown)?;
        let family = &mut book.families[at];
        if family.realm != realm || family.client != client {
            return Err(Refused::Unknown);
        }
        if family.newest.as_deref() != Some(token) {
            family.newest = None;
            for access_token in family.access_tokens.drain(..) {
                issuer.revoke(&access_token);
            }
            return Err(Refused::Reused);
        }
        let next = format!("rt-{}", random::id(40));
        family.newest = Some(next.clone());
        book.tokens.insert(next.clone(), at);
        Ok(next)
    }

    /// Remembers an access token with the family of this refresh token, so that it ends with it: at once if the family
    /// ended while the token was made.
    pub(crate) fn gave(&self, refresh_token: &str, access_token: &str, issuer: &Issuer) {
        let book = &mut *self.lock();
        let Some(family) = book.tokens.get(refresh_token).map(|at| &mut book.families[*at]) else { return };
        if family.newest.is_some() {
            family.access_tokens.push(access_token.to_owned());
        } else {
            issuer.revoke(access_token);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::signing_key::SigningKey;

    #[test]
    fn an_access_token_that_comes_after_the_end_of_its_family_is_revoked() {
        let now = Duration::from_secs(1_700_000_000);
        let key = SigningKey::of_this_process().unwrap();
        let issuer = Issuer::new(key, "http://localhost".to_owned(), Duration::from_secs(60));
        let refresh_tokens = RefreshTokens::default();
        let first = refresh_tokens.start(Realm::OAuth, "c");
        let second = refresh_tokens.turn(Realm::OAuth, "c", &first, &issuer).unwrap();
        let [early, late] = [(); 2].map(|()| issuer.issue_opaque(Realm::OAuth, "at-", None, now).token);
        refresh_tokens.gave(&second, &early, &issuer);
        assert_eq!(issuer.verify_opaque(Realm::OAuth, &early, now), Ok(()));
        assert_eq!(refresh_tokens.turn(Realm::OAuth, "c", &first, &issuer), Err(Refused::Reused));
        refresh_tokens.gave(&second, &late, &issuer);
        for token in [early, late] {
            assert!(issuer.verify_opaque(Realm::OAuth, &token, now).is_err());
        }
    }
}
