//! A secret in the input, and the search for it in what is said.

use std::fmt::Debug;

use auth_core::Error;

/// A text that can stand in a token, a URL, a JSON string, and a value of every format.
pub const CANARY: &str = "kaNarie.V8_gW3-zQ0b~T";

/// The longest error in words of our own, in bytes.
const OWN_WORDS: usize = 300;

/// The longest with an issuer's code, description and request id.
const WITH_ISSUERS_WORDS: usize = 700;

/// The input, with the canary wherever it has the byte 0xFF.
pub fn filled(data: &[u8]) -> Vec<u8> {
    let mut filled = Vec::with_capacity(data.len());
    for byte in data {
        match byte {
            0xff => filled.extend_from_slice(CANARY.as_bytes()),
            byte => filled.push(*byte),
        }
    }
    filled
}

/// The same as text, if it is some.
pub fn filled_text(data: &[u8]) -> Option<String> {
    String::from_utf8(filled(data)).ok()
}

/// No text of an error may repeat the canary, or be more than a line.
pub fn check_error(error: &Error) {
    check_length(error, OWN_WORDS);
}

/// The same of an error in which an issuer's words are shown.
pub fn check_issuers_error(error: &Error) {
    check_length(error, WITH_ISSUERS_WORDS);
}

fn check_length(error: &Error, longest: usize) {
    let shown = error.to_string();
    assert!(shown.lines().all(|line| line.len() < longest), "too long: {shown}");
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "a control character: {shown:?}");
    assert!(!error.causes().is_empty() || !shown.contains('\n'), "more than a line: {shown}");
    unsaid(&shown);
    unsaid(&format!("{error:?} {error:#?}"));
    for part in [error.code(), error.description(), error.request_id(), error.host(), error.source_id()] {
        unsaid(part.unwrap_or_default());
    }
    error.causes().iter().for_each(|cause| check_length(cause, longest));
}

/// The `Debug` of a value that holds a secret.
pub fn check_debug(value: &impl Debug) {
    unsaid(&format!("{value:?} {value:#?}"));
}

/// Not eight bytes of it in a row.
pub fn unsaid(text: &str) {
    let piece = CANARY.as_bytes().windows(8).find(|piece| text.as_bytes().windows(8).any(|said| said == *piece));
    assert!(piece.is_none(), "says {:?}: {text}", piece.map(String::from_utf8_lossy));
}
