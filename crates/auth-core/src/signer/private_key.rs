//! A private key in memory, which signs.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};

use super::pem::{self, Format};
use super::{Algorithm, KeyError, Signer, der};
use crate::{Error, Secret};

/// A private key from a PEM text, as a [`Signer`]. For a key that must not be in this process's memory implement `Signer` over
/// what keeps it.
///
/// Reads PKCS#8 (`PRIVATE KEY`, RFC 5958) with an RSA, P-256 or Ed25519 key, PKCS#1 (`RSA PRIVATE KEY`, RFC 8017) and SEC1
/// (`EC PRIVATE KEY`, RFC 5915) on P-256. RSA keys have 2048 to 8192 bits (RFC 7518 section 3.3). The text is never taken for
/// a path. Clones share the key, whose memory is wiped when the last one drops.
///
/// ```
/// use auth_core::signer::{Algorithm, PrivateKey, Signer};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// # let pem = "-----BEGIN PRIVATE KEY-----
/// # MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
/// # -----END PRIVATE KEY-----";
/// // let pem = std::fs::read_to_string("key.pem")?;
/// let key = PrivateKey::from_pem(pem)?;
/// assert_eq!(key.algorithm(), Algorithm::EdDsa);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PrivateKey(Arc<Key>);

enum Key {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl PrivateKey {
    /// Reads the one private key in `pem`.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured), with what is wrong with it and what to do; nothing of it is
    /// repeated.
    pub fn from_pem(pem: impl Into<Secret>) -> Result<Self, Error> {
        Ok(Self::parse(pem.into().expose())?)
    }

    /// As [`from_pem`](Self::from_pem), with the reason as a value.
    pub(crate) fn parse(pem: &str) -> Result<Self, KeyError> {
        let (format, der) = pem::read(pem)?;
        let key = match format {
            Format::Pkcs8 => pkcs8(&der)?,
            Format::Pkcs1 => rsa(&der, RsaKeyPair::from_der(&der).ok())?,
            Format::Sec1 if der::sec1_is_p256(&der)? => {
                p256(EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).ok())?
            }
            Format::Sec1 => return Err(KeyError::UnsupportedKeyType),
        };
        Ok(Self(Arc::new(key)))
    }

    /// The key itself, if it signs with `needed`.
    #[cfg(any(all(test, feature = "test-util"), feature = "skyflow"))]
    pub(crate) fn require(self, needed: Algorithm) -> Result<Self, KeyError> {
        let found = self.algorithm();
        if found == needed { Ok(self) } else { Err(KeyError::KeyTypeMismatch { needed, found }) }
    }
}

fn pkcs8(der: &[u8]) -> Result<Key, KeyError> {
    let (algorithm, inner) = der::pkcs8(der)?;
    match algorithm {
        Algorithm::Rs256 => rsa(inner, RsaKeyPair::from_pkcs8(der).ok()),
        Algorithm::Es256 => p256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok()),
        Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(der).map(Key::Ed25519).map_err(|_| KeyError::InvalidKey),
    }
}

/// An RSA key as the library read it; where it refused, `pkcs1` says why.
fn rsa(pkcs1: &[u8], read: Option<RsaKeyPair>) -> Result<Key, KeyError> {
    match (der::modulus_bits(pkcs1)?, read) {
        (..2048, _) => Err(KeyError::WeakKey),
        (8193.., _) => Err(KeyError::UnsupportedKeyType),
        (_, key) => key.map(Key::Rsa).ok_or(KeyError::InvalidKey),
    }
}

fn p256(read: Option<EcdsaKeyPair>) -> Result<Key, KeyError> {
    read.map(Key::P256).ok_or(KeyError::InvalidKey)
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.algorithm().name())
    }
}

#[async_trait]
impl Signer for PrivateKey {
    fn algorithm(&self) -> Algorithm {
        match *self.0 {
            Key::Rsa(_) => Algorithm::Rs256,
            Key::P256(_) => Algorithm::Es256,
            Key::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let random = SystemRandom::new();
        let signature = match &*self.0 {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map(|()| signature)
            }
            Key::P256(key) => key.sign(&random, message).map(|signature| signature.as_ref().to_vec()),
            Key::Ed25519(key) => key.try_sign(message).map(|signature| signature.as_ref().to_vec()),
        };
        signature.map_err(|_| Error::misconfigured("the private key could not sign: replace the key"))
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests {
    use super::super::test_keys::{ALL, block, pem, pkcs8, verifies};
    use super::*;
    use crate::runtime::FakeRuntime;

    /// Made for this test; nothing trusts it.
    const RSA_512: &str = "
        -----BEGIN PRIVATE KEY-----
        MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAvh6c+rsqAB6LKcNj
        FIoNaq24Oe5E+dNEVtn1MafRf2ijpiow/vo4PFupy64czaUvs30CtbZZ5vUpYJou
        6AklhwIDAQABAkAosoruDVSvU9p8ZSv3gJngpTFTjVLMm9H8OYoISCFLgW9a1bj3
        wz7BqcTQZdCqtw72s7/aH+bBuBbeL0BiMhKBAiEA3XEte9ehemEWjLPFyNN/jsrY
        KOjmnJ+qwrFv1eAUbEcCIQDbyhI5u/Qq+xEGf9q7buJIBwzakZn7sXph5fYz/3Zc
        wQIgbm6huy/29Jv0bei9SwDGjUR1djlnwFYUB5ILbsKYDMMCIB4c0mBsmuhkm5GL
        ZNl3OLNrm9w6RKGSUFUnX5MCNiJBAiEAhMFxgwq29fpg2Me38CVYGkVP8vvzr6VH
        +gRjDDhSFp0=
        -----END PRIVATE KEY-----
    ";

    fn reason(pem: &str) -> Option<KeyError> {
        PrivateKey::parse(pem).err()
    }

    #[test]
    fn every_format_signs_what_the_public_key_verifies() {
        let formats = [
            (Algorithm::Rs256, pem(Algorithm::Rs256)),
            (Algorithm::Rs256, block("RSA PRIVATE KEY", der::pkcs8(pkcs8(Algorithm::Rs256)).unwrap().1)),
            (Algorithm::Rs256, pem(Algorithm::Rs256).replace('\n', "\r\n")),
            (Algorithm::Es256, pem(Algorithm::Es256)),
            (Algorithm::Es256, sec1()),
            (Algorithm::EdDsa, pem(Algorithm::EdDsa)),
        ];
        for (algorithm, pem) in formats {
            let key = PrivateKey::from_pem(pem).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            let signature = FakeRuntime::new().block_on(key.sign(b"message")).unwrap();
            assert!(verifies(algorithm, b"message", &signature), "{key:?}");
            assert!(!verifies(algorithm, b"massage", &signature), "{key:?}");
        }
    }

    /// The P-256 key with its curve named, as OpenSSL writes it.
    fn sec1() -> String {
        let inner = der::pkcs8(pkcs8(Algorithm::Es256)).unwrap().1;
        let curve = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        // In PKCS#8 the curve stands outside; here it comes after version and key: 3 and 34 bytes.
        let (head, tail) = inner[2..].split_at(3 + 34);
        let mut sequence = vec![0x30, (head.len() + curve.len() + tail.len()) as u8];
        sequence.extend([head, &curve, tail].concat());
        block("EC PRIVATE KEY", &sequence)
    }

    #[test]
    fn a_signature_has_the_length_of_its_algorithm() {
        for (algorithm, length) in ALL.into_iter().zip([256, 64, 64]) {
            let key = PrivateKey::from_pem(pem(algorithm)).unwrap();
            // A DER signature is now and then as long as the fixed form; not 8 times.
            for _ in 0..8 {
                assert_eq!(FakeRuntime::new().block_on(key.sign(b"message")).unwrap().len(), length, "{key:?}");
            }
        }
    }

    #[test]
    fn a_short_rsa_key_is_refused() {
        assert_eq!(reason(RSA_512), Some(KeyError::WeakKey));
    }

    #[test]
    fn a_key_that_was_changed_or_cut_is_refused() {
        for algorithm in ALL {
            let whole = pkcs8(algorithm);
            for end in [0, 1, whole.len() / 2, whole.len() - 1] {
                assert_eq!(
                    reason(&block("PRIVATE KEY", &whole[..end])),
                    Some(KeyError::InvalidKey),
                    "{algorithm:?} {end}"
                );
            }
            let longer = [whole, b"x"].concat();
            assert_eq!(reason(&block("PRIVATE KEY", &longer)), Some(KeyError::InvalidKey), "{algorithm:?}");
        }
        let mut product = pkcs8(Algorithm::Rs256).to_vec();
        // In the middle of the modulus, which is the first long number.
        product[100] ^= 1;
        assert_eq!(reason(&block("PRIVATE KEY", &product)), Some(KeyError::InvalidKey), "p * q is not n");
        let mut point = pkcs8(Algorithm::Es256).to_vec();
        let last = point.len() - 1;
        point[last] ^= 1;
        assert_eq!(reason(&block("PRIVATE KEY", &point)), Some(KeyError::InvalidKey), "not a point of the curve");
    }

    #[test]
    fn other_algorithms_are_named_as_such() {
        let random = SystemRandom::new();
        let p384 =
            EcdsaKeyPair::generate_pkcs8(&aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING, &random).unwrap();
        assert_eq!(reason(&block("PRIVATE KEY", p384.as_ref())), Some(KeyError::UnsupportedKeyType));
        let inner = der::pkcs8(pkcs8(Algorithm::Es256)).unwrap().1;
        assert_eq!(reason(&block("EC PRIVATE KEY", inner)), Some(KeyError::UnsupportedKeyType), "no curve");
        let mut x25519 = pkcs8(Algorithm::EdDsa).to_vec();
        let object = x25519.windows(3).position(|bytes| bytes == [0x2b, 0x65, 0x70]).unwrap();
        x25519[object + 2] = 0x6e;
        assert_eq!(reason(&block("PRIVATE KEY", &x25519)), Some(KeyError::UnsupportedKeyType));
        assert_eq!(reason(&block("RSA PRIVATE KEY", pkcs8(Algorithm::EdDsa))), Some(KeyError::InvalidKey));
    }

    #[test]
    fn a_good_key_of_another_type_says_both_types() {
        let pem = pem(Algorithm::EdDsa);
        let key = PrivateKey::parse(&pem).unwrap();
        assert!(key.clone().require(Algorithm::EdDsa).is_ok());
        let error = Error::from(key.require(Algorithm::Rs256).unwrap_err());
        assert_eq!(error.kind(), crate::ErrorKind::Misconfigured);
        assert_eq!(error.to_string(), "the private key signs with EdDSA, but RS256 is needed: give a key of that type");
    }

    #[test]
    fn no_byte_of_a_key_makes_it_panic_and_nothing_prints_it() {
        for algorithm in ALL {
            let whole = pkcs8(algorithm);
            for at in 0..whole.len().min(200) {
                for change in [1, 0x80, 0xff] {
                    let mut bytes = whole.to_vec();
                    bytes[at] ^= change;
                    if let Err(reason) = PrivateKey::parse(&block("PRIVATE KEY", &bytes)) {
                        assert!(reason.to_string().len() < 200, "{reason}");
                    }
                }
            }
            let key = PrivateKey::from_pem(pem(algorithm)).unwrap();
            assert_eq!(format!("{key:?}"), format!("PrivateKey({})", algorithm.name()));
        }
    }
}
