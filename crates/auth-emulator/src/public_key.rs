//! Keys of others, which are checked before anything is checked with them.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// NIST SP 800-131A revision 2, and RFC 7518, section 3.3.
const MIN_RSA_BITS: usize = 2048;

/// The `y` of the points of Ed25519 whose order divides 8, little-endian and without the sign bit, and the encodings of
/// the same that aren't reduced. A signature by such a "key" fits messages that nobody signed.
const SMALL_ORDER: [[u8; 32]; 7] = [
    small(0, 0, 0),
    small(1, 0, 0),
    small(0xEC, 0xFF, 0x7F),
    small(0xED, 0xFF, 0x7F),
    small(0xEE, 0xFF, 0x7F),
    [
        0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0, 0xD5, 0xDF,
        0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
    ],
    [
        0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F, 0x2A, 0x20,
        0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
    ],
];

const fn small(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut y = [middle; 32];
    y[0] = first;
    y[31] = last;
    y
}

/// A key that signatures are checked with, for one algorithm only.
#[derive(Clone)]
pub(crate) struct PublicKey {
    pub(crate) id: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
}

/// Why a key was not registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum UnfitKey {
    /// A member that the key type needs is missing, or isn't strict base64url, or names no point of the curve.
    #[error("the key is not a JWK of its type")]
    Format,
    /// Neither RSA, nor EC with P-256, nor OKP with Ed25519; or the JWK's `alg` says another algorithm.
    #[error("the key is for none of RS256, ES256 and EdDSA")]
    Algorithm,
    /// RSA with less than 2048 bits, or with an exponent that protects nothing.
    #[error("the RSA key is too weak")]
    Weak,
    /// An Ed25519 point of small order: signatures by it fit anything.
    #[error("the Ed25519 key is a point of small order")]
    SmallOrder,
}

impl PublicKey {
    /// Reads a JWK (RFC 7517). RSA keys are for RS256, P-256 for ES256, Ed25519 for EdDSA, and for nothing else.
    pub(crate) fn from_jwk(id: &str, jwk: &Value) -> Result<Self, UnfitKey> {
        let (algorithm, key) = match (text(jwk, "kty")?, jwk["crv"].as_str()) {
            ("RSA", _) => (Algorithm::RS256, rsa(jwk)?),
            ("EC", Some("P-256")) => (Algorithm::ES256, ec(jwk)?),
            ("OKP", Some("Ed25519")) => (Algorithm::EdDSA, ed(jwk)?),
            _ => return Err(UnfitKey::Algorithm),
        };
        match jwk.get("alg") {
            Some(alg) if alg.as_str() != Some(name(algorithm)) => Err(UnfitKey::Algorithm),
            _ => Ok(Self { id: id.to_owned(), algorithm, key }),
        }
    }
}

/// As `alg` in a header has it (RFC 7518, section 3.1, and RFC 8037, section 3.1).
pub(crate) fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::ES256 => "ES256",
        Algorithm::EdDSA => "EdDSA",
        _ => "RS256",
    }
}

fn rsa(jwk: &Value) -> Result<DecodingKey, UnfitKey> {
    let [n, e] = [bytes(jwk, "n")?, bytes(jwk, "e")?].map(without_leading_zeros);
    let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    // An exponent of 1 makes every message its own signature; an even one has no inverse.
    let fair = e.last().is_some_and(|last| last % 2 == 1) && e != [1] && e.len() <= 8;
    if bits < MIN_RSA_BITS || !fair {
        return Err(UnfitKey::Weak);
    }
    Ok(DecodingKey::from_rsa_raw_components(&n, &e))
}

fn ec(jwk: &Value) -> Result<DecodingKey, UnfitKey> {
    let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
    if x.len() != 32 || y.len() != 32 {
        return Err(UnfitKey::Format);
    }
    // Uncompressed (SEC 1, section 2.3.3); parsing it asks whether the point is on the curve.
    let point = [&[4], &x[..], &y[..]].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).map_err(|_| UnfitKey::Format)?;
    Ok(DecodingKey::from_ec_der(&point))
}

fn ed(jwk: &Value) -> Result<DecodingKey, UnfitKey> {
    let x: [u8; 32] = bytes(jwk, "x")?.try_into().map_err(|_| UnfitKey::Format)?;
    let mut y = x;
    y[31] &= 0x7F;
    if SMALL_ORDER.contains(&y) {
        return Err(UnfitKey::SmallOrder);
    }
    Ok(DecodingKey::from_ed_der(&x))
}

fn text<'a>(jwk: &'a Value, name: &str) -> Result<&'a str, UnfitKey> {
    jwk[name].as_str().ok_or(UnfitKey::Format)
}

fn bytes(jwk: &Value, name: &str) -> Result<Vec<u8>, UnfitKey> {
    BASE64_URL_SAFE_NO_PAD.decode(text(jwk, name)?).map_err(|_| UnfitKey::Format)
}

fn without_leading_zeros(bytes: Vec<u8>) -> Vec<u8> {
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}

#[cfg(test)]
mod tests;
