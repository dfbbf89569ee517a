//! Who is known to the authorization server.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::OAuth;
use crate::public_key::PublicKey;

pub(crate) struct Registry(Mutex<Book>);

struct Book {
    clients: HashMap<String, Client>,
    issuers: HashMap<String, Vec<PublicKey>>,
}

#[derive(Default)]
struct Client {
    secret: Option<String>,
    keys: Vec<PublicKey>,
}

impl Registry {
    pub(crate) fn set_secret(&self, id: &str, secret: &str) {
        self.lock().clients.entry(id.to_owned()).or_default().secret = Some(secret.to_owned());
    }

    pub(crate) fn add_client_key(&self, id: &str, key: PublicKey) {
        self.lock().clients.entry(id.to_owned()).or_default().keys.push(key);
    }

    pub(crate) fn add_issuer_key(&self, issuer: &str, key: PublicKey) {
        self.lock().issuers.entry(issuer.to_owned()).or_default().push(key);
    }

    pub(crate) fn has_secret(&self, id: &str, secret: &str) -> bool {
        self.lock().clients.get(id).is_some_and(|client| client.secret.as_deref() == Some(secret))
    }

    /// A client that has nothing to show.
    pub(crate) fn is_public(&self, id: &str) -> bool {
        self.lock().clients.get(id).is_some_and(|client| client.secret.is_none() && client.keys.is_empty())
    }

    /// The keys of a client; `None` if there are none.
    pub(crate) fn client_keys(&self, id: &str) -> Option<Vec<PublicKey>> {
        self.lock().clients.get(id).map(|client| client.keys.clone()).filter(|keys| !keys.is_empty())
    }

    pub(crate) fn issuer_keys(&self, issuer: &str) -> Option<Vec<PublicKey>> {
        self.lock().issuers.get(issuer).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Registry {
    fn default() -> Self {
        let secret = Client { secret: Some(OAuth::CLIENT_SECRET.to_owned()), keys: Vec::new() };
        let clients = [(OAuth::CLIENT_ID, secret), (OAuth::PUBLIC_CLIENT_ID, Client::default())];
        let clients = clients.map(|(id, client)| (id.to_owned(), client)).into();
        Self(Mutex::new(Book { clients, issuers: HashMap::new() }))
    }
}
