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

    /// Remembers an access token with the family of this refresh token, so that it ends with it.
    pub(crate) fn gave(&self, refresh_token: &str, access_token: &str) {
        let book = &mut *self.lock();
        if let Some(at) = book.tokens.get(refresh_token) {
            book.families[*at].access_tokens.push(access_token.to_owned());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
