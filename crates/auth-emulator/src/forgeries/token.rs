//! A token in parts that can be bent.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;

pub(crate) fn base64url(part: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part)
}

/// Signs whatever is given, JSON or not.
pub(crate) fn signed(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", base64url(header), base64url(claims));
    let signature = crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// `value` with one member set, or taken away with `None`.
pub(crate) fn with(value: &Value, name: &str, member: Option<Value>) -> Value {
    let mut value = value.clone();
    let members = value.as_object_mut().unwrap();
    match member {
        Some(member) => drop(members.insert(name.to_owned(), member)),
        None => drop(members.remove(name)),
    }
    value
}
