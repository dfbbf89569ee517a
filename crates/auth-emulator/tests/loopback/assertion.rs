//! Signs what a client would.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::Value;

pub(crate) fn sign(algorithm: Algorithm, typ: &str, claims: &Value, pem: &str) -> String {
    let key = match algorithm {
        Algorithm::ES256 => EncodingKey::from_ec_pem(pem.as_bytes()),
        Algorithm::EdDSA => EncodingKey::from_ed_pem(pem.as_bytes()),
        _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
    };
    let header = Header { typ: Some(typ.to_owned()), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, claims, &key.unwrap()).unwrap()
}

/// What a token claims, unverified.
pub(crate) fn claims(token: &str) -> Value {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

/// The same clock as the emulator's.
pub(crate) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}
