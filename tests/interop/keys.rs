//! Keys, made for one run.

use auth_core::signer::{Algorithm, PrivateKey};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256};

/// By which the servers find a client's public key.
pub(crate) const KEY_ID: &str = "interop-1";

pub(crate) struct Key {
    pub(crate) algorithm: Algorithm,
    pub(crate) public_pem: String,
    pub(crate) private_pem: String,
}

impl Key {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let pair = match algorithm {
            Algorithm::Rs256 => KeyPair::generate_for(&PKCS_RSA_SHA256),
            Algorithm::Es256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
            Algorithm::EdDsa => KeyPair::generate_for(&PKCS_ED25519),
            other => unreachable!("{other:?} has no flow"),
        };
        let pair = pair.unwrap();
        Self { algorithm, public_pem: pair.public_key_pem(), private_pem: pair.serialize_pem() }
    }

    pub(crate) fn signer(&self) -> PrivateKey {
        PrivateKey::from_pem(self.private_pem.clone()).unwrap()
    }
}
