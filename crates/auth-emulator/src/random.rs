//! Names and secrets that nobody can guess.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};

/// Base58: no character that looks like another, and none that needs escaping anywhere.
const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// A name of this many characters.
pub(crate) fn id(len: usize) -> String {
    let mut name = String::with_capacity(len);
    while name.len() < len {
        // What is over the last whole multiple of 58 would make some characters more likely than others.
        name.extend(
            bytes::<32>().iter().filter(|byte| **byte < 232).map(|byte| char::from(ALPHABET[usize::from(byte % 58)])),
        );
    }
    name.truncate(len);
    name
}

/// This many hexadecimal digits.
pub(crate) fn hex(len: usize) -> String {
    let mut text: String = (0..len.div_ceil(64)).map(|_| hex_of(&bytes::<32>())).collect();
    text.truncate(len);
    text
}

/// SHA-256, in hexadecimal digits.
pub(crate) fn sha256(text: &str) -> String {
    hex_of(digest(&SHA256, text.as_bytes()).as_ref())
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system has random bytes, or nothing here is safe to go on with");
    bytes
}

#[cfg(test)]
mod tests {
    use super::{hex, id, sha256};

    #[test]
    fn names_have_their_length_and_differ() {
        assert_eq!((id(22).len(), hex(32).len(), hex(65).len()), (22, 32, 65));
        assert_ne!(id(22), id(22));
        assert_ne!(hex(32), hex(32));
    }

    #[test]
    fn a_digest_is_that_of_the_standard() {
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
