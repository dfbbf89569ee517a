//! The key that signs every token of this process.

use std::{io, sync::OnceLock};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use jsonwebtoken::{DecodingKey, EncodingKey, crypto::aws_lc};

/// An RSA key of 2048 bits: made when first needed, never written anywhere. One for all emulators of a process, because
/// making one costs a test more than everything else it does; tokens of two emulators differ in `iss` and `aud`.
pub(crate) struct SigningKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl SigningKey {
    /// The `kid` of every token.
    pub(crate) const ID: &str = "emulator-1";

    pub(crate) fn of_this_process() -> io::Result<&'static Self> {
        static KEY: OnceLock<Option<SigningKey>> = OnceLock::new();
        KEY.get_or_init(Self::generate)
            .as_ref()
            .ok_or_else(|| io::Error::other("an RSA key for signing tokens could not be made"))
    }

    fn generate() -> Option<Self> {
        // jsonwebtoken keeps one provider per process and panics when none was chosen and a program has turned on the
        // features of both. Choosing here spares the user that. An error means that the user chose before us: theirs
        // knows RS256 too, so it will do.
        let _already_chosen = aws_lc::DEFAULT_PROVIDER.install_default();
        let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().ok()?;
        Some(Self {
            // By way of PEM: what jsonwebtoken calls DER is PKCS#1, which aws-lc-rs does not write.
            encoding: EncodingKey::from_rsa_pem(pem(pkcs8.as_ref()).as_bytes()).ok()?,
            decoding: DecodingKey::from_rsa_der(pair.public_key().as_ref()),
        })
    }

    pub(crate) fn encoding(&self) -> &EncodingKey {
        &self.encoding
    }

    pub(crate) fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }
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
