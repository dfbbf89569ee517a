//! Keys made for one test run, and the other half of signing: verifying.

use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{Algorithm, PrivateKey};

pub(crate) const ALL: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];

/// The key of an algorithm, in PKCS#8.
pub(crate) fn pkcs8(algorithm: Algorithm) -> &'static [u8] {
    static KEYS: [OnceLock<Vec<u8>>; 3] = [const { OnceLock::new() }; 3];
    KEYS[ALL.iter().position(|one| *one == algorithm).unwrap()].get_or_init(|| match algorithm {
        Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap().as_ref().to_vec(),
        Algorithm::Es256 => {
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
            key.unwrap().as_ref().to_vec()
        }
        Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap().as_ref().to_vec(),
    })
}

/// A PEM block, in lines of 64.
pub(crate) fn block(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The key of an algorithm as a user has it.
pub(crate) fn pem(algorithm: Algorithm) -> String {
    block("PRIVATE KEY", pkcs8(algorithm))
}

/// The key of an algorithm, ready to sign.
pub(crate) fn key(algorithm: Algorithm) -> PrivateKey {
    PrivateKey::from_pem(pem(algorithm)).unwrap()
}

/// Whether the key of `algorithm` signed `message`.
pub(crate) fn verifies(algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    let der = pkcs8(algorithm);
    let (how, public): (&'static dyn VerificationAlgorithm, Vec<u8>) = match algorithm {
        Algorithm::Rs256 => {
            (&RSA_PKCS1_2048_8192_SHA256, RsaKeyPair::from_pkcs8(der).unwrap().public_key().as_ref().to_vec())
        }
        Algorithm::Es256 => {
            let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).unwrap();
            (&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref().to_vec())
        }
        Algorithm::EdDsa => (&ED25519, Ed25519KeyPair::from_pkcs8(der).unwrap().public_key().as_ref().to_vec()),
    };
    UnparsedPublicKey::new(how, public).verify(message, signature).is_ok()
}

/// Header and claims of a JWT that the key of `algorithm` signed.
///
/// # Panics
/// If it did not.
pub(crate) fn verified(algorithm: Algorithm, jwt: &str) -> (Value, Value) {
    let (message, signature) = jwt.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert!(verifies(algorithm, message.as_bytes(), &signature), "signed by another key");
    let (header, claims) = message.split_once('.').unwrap();
    let read = |part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let header: Value = read(header);
    assert_eq!(header["alg"], algorithm.name());
    (header, read(claims))
}
