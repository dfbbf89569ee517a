//! Who signs assertions: a private key, or a service that keeps one.

pub(crate) mod assertion;
#[cfg(feature = "signing")]
mod der;
mod jws;
#[cfg(feature = "signing")]
mod key_error;
#[cfg(feature = "signing")]
mod pem;
#[cfg(feature = "signing")]
mod private_key;
#[cfg(test)]
#[cfg(all(feature = "signing", feature = "test-util"))]
pub(crate) mod test_keys;

use std::sync::Arc;

use async_trait::async_trait;

use crate::Error;

pub(crate) use jws::sign;
#[cfg(feature = "signing")]
pub(crate) use key_error::KeyError;
#[cfg(feature = "signing")]
pub use private_key::PrivateKey;

/// How a [`Signer`] signs, by the names of RFC 7518 section 3.1 and RFC 8037.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// The `alg` of a header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// Signs the assertions of a source.
#[cfg_attr(
    feature = "signing",
    doc = "[`PrivateKey`] does it with a key file; implement it for a KMS, whose key never leaves it."
)]
#[cfg_attr(
    not(feature = "signing"),
    doc = "`PrivateKey` (feature `signing`) does it with a key file; implement it for a KMS, whose key never leaves it."
)]
///
/// ```
/// use auth_core::{async_trait, Error, signer::{Algorithm, Signer}};
///
/// struct Kms;
///
/// #[async_trait]
/// impl Signer for Kms {
///     fn algorithm(&self) -> Algorithm {
///         Algorithm::Es256
///     }
///
///     async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
///         Err(Error::transient("ask the KMS here, with the message or its digest"))
///     }
/// }
/// # fn proof(_: &dyn Signer) {} proof(&Kms);
/// ```
#[async_trait]
pub trait Signer: Send + Sync + 'static {
    /// How it signs.
    fn algorithm(&self) -> Algorithm;

    /// The signature over `message` in the form of a JWS (RFC 7518 section 3): for ES256 the 64 bytes of r and s, not DER.
    ///
    /// # Errors
    /// What the place of the key says; [`Transient`](crate::ErrorKind::Transient) if asking again may help.
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

#[async_trait]
impl<S: Signer + ?Sized> Signer for Arc<S> {
    fn algorithm(&self) -> Algorithm {
        (**self).algorithm()
    }

    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        (**self).sign(message).await
    }
}
