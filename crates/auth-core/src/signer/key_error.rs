//! Why a text is no private key that signs.

use thiserror::Error as ThisError;

#[cfg(any(all(test, feature = "test-util"), feature = "skyflow"))]
use super::Algorithm;
use crate::Error;

/// Why a text is no private key that signs. No message repeats any of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub(crate) enum KeyError {
    /// No PEM block, or one whose content is broken.
    #[error(
        "the private key can't be read: expected one PEM block `-----BEGIN PRIVATE KEY-----`, whole and unchanged, with \
         real line breaks"
    )]
    InvalidKey,
    /// Another kind of PEM block.
    #[error("the PEM block is a certificate or public key, not a private key: give the private key")]
    NotAPrivateKey,
    /// More than one PEM block, and no way to know which is meant.
    #[error("there is more than one PEM block: give the private key alone")]
    AmbiguousKey,
    /// A private key in a format of another world.
    #[error("the private key's format is not supported: convert it to PKCS#8 (`openssl pkcs8 -topk8 -nodes`)")]
    UnsupportedKeyFormat,
    /// A private key that a password protects.
    #[error("the private key is encrypted: decrypt it first (`openssl pkcs8 -in key.pem -out plain.pem`)")]
    EncryptedKey,
    /// A private key of an algorithm that no assertion is signed with here.
    #[error("the private key's algorithm is not supported: use RSA of 2048 to 8192 bits, P-256 or Ed25519")]
    UnsupportedKeyType,
    /// An RSA key that can be broken (RFC 7518 section 3.3).
    #[error("the RSA key is too short to be safe: make a new one with at least 2048 bits")]
    WeakKey,
    /// A good key of another algorithm than the issuer takes.
    #[cfg(any(all(test, feature = "test-util"), feature = "skyflow"))]
    #[error("the private key signs with {}, but {} is needed: give a key of that type", .found.name(), .needed.name())]
    KeyTypeMismatch {
        /// What the issuer takes.
        needed: Algorithm,
        /// What the key does.
        found: Algorithm,
    },
}

impl From<KeyError> for Error {
    fn from(reason: KeyError) -> Self {
        Self::misconfigured(reason.to_string())
    }
}
