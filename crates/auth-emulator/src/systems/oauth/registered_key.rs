//! A key that the emulator made for somebody to sign with.

use std::fmt;

use jsonwebtoken::Algorithm;

use crate::{public_key::PublicKey, random, signing_key::SigningKey, systems::handed_out::HandedOut};

/// The algorithms that assertions may be signed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SigningAlgorithm {
    /// RSA of 2048 bits, PKCS#1 v1.5, SHA-256.
    Rs256,
    /// ECDSA over P-256, SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

/// A registered name and the private key that goes with it. `Debug` prints no key.
pub struct RegisteredKey {
    name: String,
    id: String,
    algorithm: SigningAlgorithm,
    key: &'static SigningKey,
}

impl RegisteredKey {
    pub(crate) fn make(prefix: &str, algorithm: SigningAlgorithm, keys: &HandedOut) -> Self {
        let key = keys.next(match algorithm {
            SigningAlgorithm::Rs256 => Algorithm::RS256,
            SigningAlgorithm::Es256 => Algorithm::ES256,
            SigningAlgorithm::EdDsa => Algorithm::EdDSA,
        });
        Self { name: format!("{prefix}-{}", random::id(10)), id: format!("key-{}", random::id(10)), algorithm, key }
    }

    /// Whose key it is: a client id, or an issuer; `iss`, and for a client `sub` too.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The `kid`, which a header may leave out and may not get wrong.
    pub fn key_id(&self) -> &str {
        &self.id
    }

    /// The one algorithm that the key is registered for.
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The private key: PKCS#8 (RFC 5958), as PEM. Three of an algorithm that one emulator gives in a row are
    /// different; then they come round again.
    pub fn private_key_pem(&self) -> &str {
        self.key.pem()
    }

    pub(crate) fn public(&self) -> PublicKey {
        self.key.public(&self.id)
    }

    #[cfg(test)]
    pub(crate) fn signing_key(&self) -> &'static SigningKey {
        self.key
    }
}

impl fmt::Debug for RegisteredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredKey")
            .field("name", &self.name)
            .field("key_id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
