//! A private key: as text, or (by the first byte) as DER in a block of one of the labels. What is accepted signs.

use auth_core::runtime::FakeRuntime;
use auth_core::signer::{Algorithm, PrivateKey, Signer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::canary::{check_debug, check_error, filled_text};

const LABELS: [&str; 7] = [
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "CERTIFICATE",
    "OPENSSH PRIVATE KEY",
    "EC PARAMETERS",
];

pub fn check(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let text = match LABELS.get(usize::from(*first)) {
        Some(label) => format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(rest)),
        None => match filled_text(rest) {
            Some(text) => text,
            None => return,
        },
    };
    let key = match PrivateKey::from_pem(text.as_str()) {
        Ok(key) => key,
        Err(error) => return check_error(&error),
    };
    check_debug(&key);
    let signature = FakeRuntime::new().block_on(key.sign(b"message")).expect("a key that was accepted signs");
    match key.algorithm() {
        // 2048 to 8192 bits.
        Algorithm::Rs256 => assert!((256..=1024).contains(&signature.len()), "{}", signature.len()),
        _ => assert_eq!(signature.len(), 64),
    }
}
