//! Service accounts, and the API keys of those that have them.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use super::{Skyflow, records::Records};
use crate::{Rejection, public_key::PublicKey, random, signing_key::SigningKey};

pub(crate) struct Accounts(Mutex<Book>);

struct Book {
    accounts: HashMap<String, Account>,
    roles: Vec<String>,
    records: Records,
}

/// What an account is allowed to have follows from how it was made, for good.
enum Account {
    Bearer(BearerAccount),
    ApiKeys(Vec<ApiKey>),
}

#[derive(Clone)]
pub(crate) struct BearerAccount {
    pub(crate) client_id: String,
    pub(crate) name: String,
    pub(crate) key_id: String,
    key: &'static SigningKey,
}

struct ApiKey {
    id: String,
    digest: String,
    disabled: bool,
}

/// An API key in the moment it is made: only its digest is kept.
pub(crate) struct NewApiKey {
    pub(crate) id: String,
    pub(crate) key: String,
}

/// Why an account can't do what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    NoAccount,
    NoKey,
    /// A bearer account has no API keys.
    Bearer,
    /// An account with API keys has nothing to sign with.
    ApiKeys,
}

impl Accounts {
    pub(crate) fn create_bearer(&self, name: &str, key: &'static SigningKey) -> BearerAccount {
        let account = BearerAccount {
            client_id: format!("c{}", random::hex(31)),
            name: name.to_owned(),
            key_id: format!("k{}", random::hex(31)),
            key,
        };
        self.lock().accounts.insert(account.client_id.clone(), Account::Bearer(account.clone()));
        account
    }

    /// The new account's client id, and its first key.
    pub(crate) fn create_api_key_account(&self) -> (String, NewApiKey) {
        let (client_id, (new, kept)) = (format!("c{}", random::hex(31)), ApiKey::make());
        self.lock().accounts.insert(client_id.clone(), Account::ApiKeys(vec![kept]));
        (client_id, new)
    }

    /// The bearer account of this client id.
    pub(crate) fn bearer(&self, client_id: &str) -> Result<BearerAccount, Unfit> {
        match self.lock().accounts.get(client_id) {
            Some(Account::Bearer(account)) => Ok(account.clone()),
            Some(Account::ApiKeys(_)) => Err(Unfit::ApiKeys),
            None => Err(Unfit::NoAccount),
        }
    }

    pub(crate) fn knows_role(&self, role: &str) -> bool {
        self.lock().roles.iter().any(|known| known == role)
    }

    pub(crate) fn set_roles(&self, roles: Vec<String>) {
        self.lock().roles = roles;
    }

    pub(crate) fn verify_api_key(&self, key: &str) -> Result<(), Rejection> {
        let digest = random::sha256(key);
        let keys = |account: &Account| match account {
            Account::ApiKeys(keys) => keys.iter().any(|key| key.digest == digest && !key.disabled),
            Account::Bearer(_) => false,
        };
        if self.lock().accounts.values().any(keys) { Ok(()) } else { Err(Rejection::Revoked) }
    }

    pub(crate) fn create_key(&self, client_id: &str) -> Result<NewApiKey, Unfit> {
        self.keys(client_id, |keys| {
            let (new, kept) = ApiKey::make();
            keys.push(kept);
            Ok(new)
        })
    }

    /// The old key ends in the moment the new one begins.
    pub(crate) fn rotate_key(&self, client_id: &str, id: &str) -> Result<NewApiKey, Unfit> {
        self.keys(client_id, |keys| {
            let at = keys.iter().position(|key| key.id == id).ok_or(Unfit::NoKey)?;
            let (new, kept) = ApiKey::make();
            keys[at] = kept;
            Ok(new)
        })
    }

    pub(crate) fn set_disabled(&self, client_id: &str, id: &str, disabled: bool) -> Result<(), Unfit> {
        self.keys(client_id, |keys| {
            keys.iter_mut().find(|key| key.id == id).map(|key| key.disabled = disabled).ok_or(Unfit::NoKey)
        })
    }

    pub(crate) fn delete_key(&self, client_id: &str, id: &str) -> Result<(), Unfit> {
        self.keys(client_id, |keys| {
            let at = keys.iter().position(|key| key.id == id).ok_or(Unfit::NoKey)?;
            keys.remove(at);
            Ok(())
        })
    }

    /// Names and states, never a key.
    pub(crate) fn list_keys(&self, client_id: &str) -> Result<Vec<Value>, Unfit> {
        self.keys(client_id, |keys| {
            let status = |key: &ApiKey| if key.disabled { "DISABLED" } else { "ENABLED" };
            Ok(keys.iter().map(|key| json!({"ID": key.id, "status": status(key)})).collect())
        })
    }

    pub(crate) fn records<T>(&self, with: impl FnOnce(&mut Records) -> T) -> T {
        with(&mut self.lock().records)
    }

    fn keys<T>(&self, client_id: &str, with: impl FnOnce(&mut Vec<ApiKey>) -> Result<T, Unfit>) -> Result<T, Unfit> {
        match self.lock().accounts.get_mut(client_id) {
            Some(Account::ApiKeys(keys)) => with(keys),
            Some(Account::Bearer(_)) => Err(Unfit::Bearer),
            None => Err(Unfit::NoAccount),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Accounts {
    fn default() -> Self {
        let roles = Skyflow::ROLES.map(str::to_owned).to_vec();
        Self(Mutex::new(Book { accounts: HashMap::new(), roles, records: Records::default() }))
    }
}

impl ApiKey {
    /// 42 characters: `sky-`, five, a hyphen, 32 hexadecimal digits.
    fn make() -> (NewApiKey, Self) {
        let (id, key) = (random::hex(32), format!("sky-{}-{}", random::hex(5), random::hex(32)));
        let kept = Self { id: id.clone(), digest: random::sha256(&key), disabled: false };
        (NewApiKey { id, key }, kept)
    }
}

impl BearerAccount {
    /// The file that Skyflow's console gives, once.
    pub(crate) fn credentials_json(&self, token_url: &str) -> Value {
        json!({
            "clientID": self.client_id,
            "clientName": self.name,
            "tokenURI": token_url,
            "keyID": self.key_id,
            "privateKey": self.key.pem(),
            "keyValidAfterTime": "2024-01-01T00:00:00.000Z",
            "keyValidBeforeTime": "2124-01-01T00:00:00.000Z",
            "keyAlgorithm": "KEY_ALG_RSA_2048",
        })
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        self.key.public(&self.key_id)
    }
}
