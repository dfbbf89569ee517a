//! Where the authorization server's endpoints are, and what they take.

use std::fmt;

use serde_json::Value;

use super::{RegisteredKey, SigningAlgorithm};
use crate::{UnfitKey, realm::Realm, shared::Shared, systems::paths};

/// An authorization server without a vendor (RFC 6749): client credentials, JWT bearer (RFC 7523), token exchange
/// (RFC 8693), refresh tokens with rotation. Its tokens open [`api_url`](crate::Emulator::api_url).
///
/// A client shows itself by HTTP Basic with id and secret form-encoded first (RFC 6749, section 2.3.1), by post, or by
/// `private_key_jwt` with the issuer as `aud`. The token endpoint as `aud` is still taken, and the request's
/// [`note`](crate::RecordedRequest::note) says that it is deprecated.
#[derive(Clone, Copy)]
pub struct OAuth<'a>(&'a Shared);

impl<'a> OAuth<'a> {
    /// A client id with characters that have to be encoded.
    pub const CLIENT_ID: &'static str = "emulator client:1";
    /// Its secret, likewise.
    pub const CLIENT_SECRET: &'static str = "c4n4ry/+&=%: ü/Xd5Rk9Wm";
    /// A client without a secret: it may use its refresh tokens, and no more.
    pub const PUBLIC_CLIENT_ID: &'static str = "emulator-public";

    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self(shared)
    }

    /// The issuer identifier (RFC 8414): the right `aud` of a client assertion.
    pub fn issuer(&self) -> String {
        Realm::OAuth.issuer(&self.0.url)
    }

    /// The token endpoint.
    pub fn token_url(&self) -> String {
        format!("{}{}", self.0.url, paths::OAUTH_TOKEN)
    }

    /// Registers a client with a secret, or gives it another.
    pub fn register_client(&self, id: &str, secret: &str) {
        self.0.systems.oauth.set_secret(id, secret);
    }

    /// Registers a client of its own for `private_key_jwt`, and gives its name and private key.
    ///
    /// # Panics
    ///
    /// When no key can be made, which the start of the emulator needed as well.
    pub fn register_client_key(&self, algorithm: SigningAlgorithm) -> RegisteredKey {
        let key = RegisteredKey::make("client", algorithm, &self.0.systems.handed_out);
        self.0.systems.oauth.add_client_key(key.name(), key.public());
        key
    }

    /// Registers the public key of a client for `private_key_jwt`, as a JWK.
    ///
    /// # Errors
    ///
    /// When the key is none of the three algorithms', or too weak to protect anything.
    pub fn register_client_jwk(&self, client_id: &str, key_id: &str, jwk: &Value) -> Result<(), UnfitKey> {
        let key = crate::public_key::PublicKey::from_jwk(key_id, jwk)?;
        self.0.systems.oauth.add_client_key(client_id, key);
        Ok(())
    }

    /// Registers an issuer of its own whose assertions are grants (RFC 7523, section 2.1) and subject tokens (RFC 8693),
    /// and gives its name and private key.
    ///
    /// # Panics
    ///
    /// As [`register_client_key`](Self::register_client_key).
    pub fn register_issuer_key(&self, algorithm: SigningAlgorithm) -> RegisteredKey {
        let key = RegisteredKey::make("https://issuer.example", algorithm, &self.0.systems.handed_out);
        self.0.systems.oauth.add_issuer_key(key.name(), key.public());
        key
    }

    /// Registers the public key of an issuer, as a JWK.
    ///
    /// # Errors
    ///
    /// As [`register_client_jwk`](Self::register_client_jwk).
    pub fn register_issuer_jwk(&self, issuer: &str, key_id: &str, jwk: &Value) -> Result<(), UnfitKey> {
        let key = crate::public_key::PublicKey::from_jwk(key_id, jwk)?;
        self.0.systems.oauth.add_issuer_key(issuer, key);
        Ok(())
    }

    /// A fresh refresh token for a client. Each is good for one use; a second use of the same ends the family with all
    /// its tokens.
    pub fn refresh_token(&self, client_id: &str) -> String {
        self.0.systems.refresh_tokens.start(Realm::OAuth, client_id)
    }
}

impl fmt::Debug for OAuth<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth").field("issuer", &self.issuer()).field("token_url", &self.token_url()).finish()
    }
}
