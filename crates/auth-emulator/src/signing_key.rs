//! Keys that sign: the emulator's own, and those it hands out to its callers.

use std::{io, sync::OnceLock};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto::aws_lc};
use serde_json::{Value, json};

use crate::public_key::PublicKey;

/// A private key, made when first needed and never written anywhere by the emulator.
pub(crate) struct SigningKey {
    algorithm: Algorithm,
    encoding: EncodingKey,
    decoding: DecodingKey,
    pem: String,
    jwk: Value,
}

type Pool = [OnceLock<Option<SigningKey>>; SigningKey::POOL];

impl SigningKey {
    /// The `kid` of every access token.
    pub(crate) const ID: &str = "emulator-1";

    /// The RSA key of 2048 bits that signs access tokens. One for all emulators of a process, because making one costs a
    /// test more than everything else it does; tokens of two emulators differ in `iss` and `aud`.
    pub(crate) fn of_this_process() -> io::Result<&'static Self> {
        static KEY: OnceLock<Option<SigningKey>> = OnceLock::new();
        made(&KEY, SigningKey::rsa)
    }

    /// How many keys of an algorithm there are to hand out.
    pub(crate) const POOL: usize = 3;

    /// The keys of Skyflow's service accounts and of registered signers: a few per process for the same reason, and not
    /// the one above, or whoever holds it could sign access tokens. `turn` counts the keys that an emulator has handed
    /// out before, so that those who are next to each other have different ones.
    pub(crate) fn handed_out(algorithm: Algorithm, turn: usize) -> io::Result<&'static Self> {
        static RSA: Pool = [const { OnceLock::new() }; SigningKey::POOL];
        static EC: Pool = [const { OnceLock::new() }; SigningKey::POOL];
        static ED: Pool = [const { OnceLock::new() }; SigningKey::POOL];
        let turn = turn % Self::POOL;
        match algorithm {
            Algorithm::ES256 => made(&EC[turn], SigningKey::ec),
            Algorithm::EdDSA => made(&ED[turn], SigningKey::ed),
            _ => made(&RSA[turn], SigningKey::rsa),
        }
    }

    pub(crate) fn encoding(&self) -> &EncodingKey {
        &self.encoding
    }

    /// PKCS#8, as PEM.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// The public half, as a JWK.
    pub(crate) fn jwk(&self) -> &Value {
        &self.jwk
    }

    pub(crate) fn public(&self, id: &str) -> PublicKey {
        PublicKey { id: id.to_owned(), algorithm: self.algorithm, key: self.decoding.clone() }
    }

    pub(crate) fn rsa() -> Option<Self> {
        choose_provider();
        let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().ok()?;
        // By way of PEM: what jsonwebtoken calls DER is PKCS#1, which aws-lc-rs does not write.
        let pem = pem(pkcs8.as_ref());
        let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
        Some(Self {
            algorithm: Algorithm::RS256,
            encoding: EncodingKey::from_rsa_pem(pem.as_bytes()).ok()?,
            decoding: DecodingKey::from_rsa_der(pair.public_key().as_ref()),
            jwk: json!({
                "kty": "RSA",
                "n": base64url(n.big_endian_without_leading_zero()),
                "e": base64url(e.big_endian_without_leading_zero()),
            }),
            pem,
        })
    }

    fn ec() -> Option<Self> {
        choose_provider();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
        let pem = pem(pair.to_pkcs8v1().ok()?.as_ref());
        let point = pair.public_key().as_ref();
        let (x, y) = point.get(1..33).zip(point.get(33..65))?;
        Some(Self {
            algorithm: Algorithm::ES256,
            encoding: EncodingKey::from_ec_pem(pem.as_bytes()).ok()?,
            decoding: DecodingKey::from_ec_der(point),
            jwk: json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)}),
            pem,
        })
    }

    fn ed() -> Option<Self> {
        choose_provider();
        let pair = Ed25519KeyPair::generate().ok()?;
        let pem = pem(pair.to_pkcs8v1().ok()?.as_ref());
        Some(Self {
            algorithm: Algorithm::EdDSA,
            encoding: EncodingKey::from_ed_pem(pem.as_bytes()).ok()?,
            decoding: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            jwk: json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key().as_ref())}),
            pem,
        })
    }
}

fn made(
    slot: &'static OnceLock<Option<SigningKey>>,
    make: fn() -> Option<SigningKey>,
) -> io::Result<&'static SigningKey> {
    slot.get_or_init(make).as_ref().ok_or_else(|| io::Error::other("a key for signing tokens could not be made"))
}

/// jsonwebtoken keeps one provider per process and panics when none was chosen and a program has turned on the features
/// of both. Choosing here spares the user that. An error means that the user chose before us: theirs knows the three
/// algorithms too, so it will do.
fn choose_provider() {
    let _already_chosen = aws_lc::DEFAULT_PROVIDER.install_default();
}

fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// RFC 7468, section 10: lines of 64 characters between the labels.
fn pem(pkcs8: &[u8]) -> String {
    let mut text = String::from("-----BEGIN PRIVATE KEY-----\n");
    for (i, character) in BASE64_STANDARD.encode(pkcs8).chars().enumerate() {
        if i > 0 && i % 64 == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str("\n-----END PRIVATE KEY-----\n");
    text
}
