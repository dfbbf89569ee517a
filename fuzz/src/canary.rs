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

/// The same of an error that may name as many bytes of the input.
pub fn check_error_naming(error: &Error, bytes: usize) {
    check_length(error, OWN_WORDS + bytes);
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

/// The same of one that says something else that was in the input, and may: a URL, a name.
pub fn check_debug_without(value: &impl Debug, public: &str) {
    unsaid(&format!("{value:?} {value:#?}").replace(public, ""));
}

/// Not eight bytes of it in a row.
pub fn unsaid(text: &str) {
    let piece = piece_in(text.as_bytes());
    assert!(piece.is_none(), "says {:?}: {text}", piece.map(String::from_utf8_lossy));
}

/// Eight bytes of it that stand there.
pub fn piece_in(text: &[u8]) -> Option<&'static [u8]> {
    CANARY.as_bytes().windows(8).find(|piece| text.windows(8).any(|said| said == *piece))
}

/// The fuzzer sees what is compared, so it can learn the canary and put it where no secret stands, such as in a name. Where the
/// secrets are is said by 0xFF alone.
pub fn unless_guessed(data: &[u8], check: impl FnOnce(&[u8])) {
    if piece_in(data).is_none() {
        check(data);
    }
}
