//! One type for every secret, so that deriving `Debug` elsewhere stays safe.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

/// A secret: a token, an API key, a client secret.
///
/// `Debug` shows nothing of the value, and there is no `Display`: whoever wants it says [`expose`](Secret::expose), which
/// is easy to find in a review. The memory is wiped when the last clone drops. A header or a form rendered from a secret is
/// a copy that is not wiped.
///
/// ```
/// let key = auth_core::Secret::new("my-api-key");
/// assert_eq!(format!("{key:?}"), "Secret(..)");
/// assert_eq!(key.fingerprint(), "2e35b658");
/// ```
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes a value into custody.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Arc::new(Zeroizing::new(value.into())))
    }

    /// The value itself. Every use of it is a place to look at in a review.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// The first 8 hex digits of the value's SHA-256: enough to tell two tokens apart in a log. For tokens, not for
    /// passwords: whoever can guess a value can check the guess.
    pub fn fingerprint(&self) -> String {
        let digest = hmac_sha256::Hash::hash(self.expose().as_bytes());
        let [a, b, c, d, ..] = digest;
        format!("{a:02x}{b:02x}{c:02x}{d:02x}")
    }

    /// Whether this is the value, in a time that does not depend on where the two differ. For checking what a stranger says.
    pub fn matches(&self, said: impl AsRef<[u8]>) -> bool {
        let (ours, said) = (hmac_sha256::Hash::hash(self.expose().as_bytes()), hmac_sha256::Hash::hash(said.as_ref()));
        // No early end; and nobody can choose a digest, to find one byte after the other.
        ours.iter().zip(said).fold(0, |difference, (ours, said)| difference | (ours ^ said)) == 0
    }

    /// Whether both hold the same value. Not constant-time: for secrets of one owner, not for checking a stranger's.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.expose() == other.expose()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not `deserialize_string`: formats would refuse a number by themselves, and quote it.
        deserializer.deserialize_any(SecretVisitor)
    }
}

/// Refuses what is no string in words of its own: serde's would quote the value.
struct SecretVisitor;

impl SecretVisitor {
    fn refuse<E: de::Error>() -> Result<Secret, E> {
        Err(E::custom("a secret must be a string"))
    }
}

impl de::Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Secret, E> {
        Ok(Secret::new(value))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Secret, E> {
        Ok(Secret::new(value))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Secret, E> {
        Self::refuse()
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
        Self::refuse()
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<Secret, E> {
        Self::refuse()
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Secret, E> {
        Self::refuse()
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<Secret, E> {
        Self::refuse()
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
        Self::refuse()
    }

    fn visit_char<E: de::Error>(self, _: char) -> Result<Secret, E> {
        Self::refuse()
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<Secret, E> {
        Self::refuse()
    }
}
