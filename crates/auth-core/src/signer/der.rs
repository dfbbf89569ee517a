//! As much DER as it takes to say which kind of key something is; the cryptographic library reads the rest.

use super::{Algorithm, KeyError};

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// `rsaEncryption`, RFC 8017 appendix A.1.
const RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// `id-ecPublicKey`, RFC 5480 section 2.1.1.
const EC: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// `secp256r1`, section 2.1.1.1 of the same.
const P256: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// `id-Ed25519`, RFC 8410 section 3.
const ED25519: [u8; 3] = [0x2b, 0x65, 0x70];

/// The algorithm of a PKCS#8 key (RFC 5958 section 2), and the key inside.
pub(super) fn pkcs8(der: &[u8]) -> Result<(Algorithm, &[u8]), KeyError> {
    let parts = || {
        let (_, rest) = take(INTEGER, whole(der)?)?;
        let (identifier, rest) = take(SEQUENCE, rest)?;
        let (object, parameters) = take(OBJECT, identifier)?;
        let (inner, _) = take(OCTET_STRING, rest)?;
        Some((object, parameters, inner))
    };
    let (object, parameters, inner) = parts().ok_or(KeyError::InvalidKey)?;
    let algorithm = if object == RSA {
        Algorithm::Rs256
    } else if object == ED25519 {
        Algorithm::EdDsa
    } else if object == EC && take(OBJECT, parameters).is_some_and(|(curve, _)| curve == P256) {
        Algorithm::Es256
    } else {
        return Err(KeyError::UnsupportedKeyType);
    };
    Ok((algorithm, inner))
}

/// The length in bits of the modulus of a PKCS#1 key (RFC 8017 appendix A.1.2).
pub(super) fn modulus_bits(der: &[u8]) -> Result<usize, KeyError> {
    let modulus = || {
        let (_version, rest) = take(INTEGER, whole(der)?)?;
        Some(take(INTEGER, rest)?.0)
    };
    let modulus = modulus().ok_or(KeyError::InvalidKey)?;
    let significant = modulus.iter().position(|byte| *byte != 0).map_or(&[][..], |start| &modulus[start..]);
    Ok(significant.first().map_or(0, |first| significant.len() * 8 - first.leading_zeros() as usize))
}

/// Whether a SEC1 key (RFC 5915 section 3) is on P-256. One that does not say is not.
pub(super) fn sec1_is_p256(der: &[u8]) -> Result<bool, KeyError> {
    const CURVE: u8 = 0xa0;
    let rest = || {
        let (_version, rest) = take(INTEGER, whole(der)?)?;
        Some(take(OCTET_STRING, rest)?.1)
    };
    let rest = rest().ok_or(KeyError::InvalidKey)?;
    let curve = take(CURVE, rest).and_then(|(curve, _)| take(OBJECT, curve));
    Ok(curve.is_some_and(|(curve, _)| curve == P256))
}

/// The content of the one sequence that `der` is, with nothing after it.
fn whole(der: &[u8]) -> Option<&[u8]> {
    take(SEQUENCE, der).filter(|(_, rest)| rest.is_empty()).map(|(content, _)| content)
}

/// The content of the next element, which has to have this tag, and what follows it.
fn take(tag: u8, input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = input.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81 => rest.split_first().map(|(&a, rest)| (usize::from(a), rest))?,
        0x82 => rest.split_first_chunk().map(|(&bytes, rest)| (usize::from(u16::from_be_bytes(bytes)), rest))?,
        // No key is longer than 64 KiB.
        _ => return None,
    };
    (first == tag).then(|| rest.split_at_checked(length)).flatten()
}
