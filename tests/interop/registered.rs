//! Who is registered at the servers, with secrets and keys made for this run.

use std::sync::Arc;

use auth_core::signer::Algorithm;
use serde_json::{Value, json};

use crate::canaries::Canaries;
use crate::keys::{KEY_ID, Key};
use crate::plant::Plant;
use crate::server::Kind;

pub(crate) const CLIENT_CREDENTIALS: &str = "client_credentials";
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(crate) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// The API, as token exchange names it.
pub(crate) const AUDIENCE: &str = "interop-api";

/// A public client, on its user's machine.
pub(crate) const DESKTOP: &str = "desktop +%:&=/?~";
pub(crate) const OTHER_DESKTOP: &str = "other-desktop";
/// Who brings assertions, where the server wants to know.
pub(crate) const BEARER: &str = "bearer";

pub(crate) struct WithSecret {
    pub(crate) id: String,
    pub(crate) secret: String,
}

pub(crate) struct WithKey {
    pub(crate) id: String,
    pub(crate) key: Key,
    /// Of the same kind, and of nobody.
    pub(crate) wrong: Key,
}

pub(crate) struct Registered {
    /// May ask about any token, and revoke it.
    pub(crate) observer: WithSecret,
    basic: [WithSecret; 2],
    post: [WithSecret; 2],
    pub(crate) exchange: WithSecret,
    /// A server's own client for its users.
    web: [WithSecret; 2],
    keys: [WithKey; 3],
    /// The service account of JWT bearer.
    pub(crate) service: WithKey,
    cookie_key: String,
}

impl Registered {
    pub(crate) fn new(canaries: &Arc<Canaries>) -> Self {
        let plain = |id: &str| WithSecret { id: id.to_owned(), secret: canaries.make(&format!("{id}'s secret")) };
        // oidc-provider takes no more than visible ASCII and spaces (RFC 6749 appendix A.2); Authlib any text.
        let odd = |id: &str, characters: &str| {
            let secret =
                format!("{} {characters}{}", canaries.make("half of a secret"), canaries.make("the other half"));
            let client = WithSecret { id: format!("{id} {characters}"), secret };
            canaries.know("a Basic pair", &format!("{}:{}", client.id, client.secret));
            client
        };
        let pair = |id: &str| [odd(id, "+ %:&=/?~\"%20*"), odd(id, "+ %:&=/?~\"%20*äß€漢🔑")];
        let key = |id: &str, algorithm| {
            let (key, wrong) = (Key::new(algorithm), Key::new(algorithm));
            let text = key.private_pem.replace('\n', "");
            canaries.know("a private key", &text);
            WithKey { id: id.to_owned(), key, wrong }
        };
        Self {
            observer: plain("observer"),
            basic: pair("basic"),
            post: pair("post"),
            exchange: plain("exchange"),
            web: pair("web"),
            keys: [
                key("rs256 +%:&=/?~", Algorithm::Rs256),
                key("es256", Algorithm::Es256),
                key("eddsa", Algorithm::EdDsa),
            ],
            service: key("service", Algorithm::Es256),
            cookie_key: canaries.make("a cookie key"),
        }
    }

    pub(crate) fn basic(&self, kind: Kind) -> &WithSecret {
        &self.basic[usize::from(kind == Kind::Authlib)]
    }

    pub(crate) fn post(&self, kind: Kind) -> &WithSecret {
        &self.post[usize::from(kind == Kind::Authlib)]
    }

    pub(crate) fn web(&self, kind: Kind) -> &WithSecret {
        &self.web[usize::from(kind == Kind::Authlib)]
    }

    /// The first client whose key is of such an algorithm.
    pub(crate) fn with_key(&self, is: impl Fn(Algorithm) -> bool) -> &WithKey {
        self.keys.iter().find(|client| is(client.key.algorithm)).expect("there is a key of each algorithm")
    }

    /// The first line that a server reads.
    pub(crate) fn settings(&self, kind: Kind, issuer: Option<&str>, plant: Option<Plant>) -> Value {
        let secret = |client: &WithSecret, method: &str, grants: &[&str]| json!({ "id": client.id, "secret": client.secret, "method": method, "grants": grants });
        let key = |client: &WithKey| {
            json!({
                "id": client.id, "method": "private_key_jwt", "grants": [CLIENT_CREDENTIALS],
                "public_key": client.key.public_pem, "kid": KEY_ID, "alg": client.key.algorithm.name(),
            })
        };
        let public = |id: &str, grant: &str| json!({ "id": id, "method": "none", "grants": [grant] });
        let mut clients = vec![
            secret(&self.observer, "client_secret_basic", &[]),
            secret(self.basic(kind), "client_secret_basic", &[CLIENT_CREDENTIALS]),
            secret(self.post(kind), "client_secret_post", &[CLIENT_CREDENTIALS]),
            secret(&self.exchange, "client_secret_basic", &[CLIENT_CREDENTIALS, TOKEN_EXCHANGE]),
            secret(self.web(kind), "client_secret_basic", &["refresh_token"]),
            public(DESKTOP, "refresh_token"),
            public(OTHER_DESKTOP, "refresh_token"),
            public(BEARER, JWT_BEARER),
        ];
        clients.extend(self.keys.iter().map(key));
        json!({
            "issuer": issuer, "plant": plant.map(Plant::name), "clients": clients, "user": "ada", "observer": self.observer.id,
            "audience": AUDIENCE, "cookie_key": self.cookie_key, "service": key(&self.service),
        })
    }
}
