//! The hunt for a piece of a canary, in plain or in disguise.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::secrets;

/// As many bytes in a row of a secret are a leak.
const PIECE: usize = 8;

const SLOTS: usize = 1 << 20;

/// The slot of a piece's first bytes (Fibonacci hashing).
fn slot(piece: &[u8]) -> usize {
    let start = piece[..PIECE].iter().fold(0_u64, |start, byte| start << 8 | u64::from(*byte));
    (start.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as usize
}

/// After every canary.
pub(super) static HUNT: LazyLock<Hunt> = LazyLock::new(|| Hunt::after(secrets::ALL));

/// What is looked for. Letters count alike in either case: a URL's host comes back in lower case.
pub(super) struct Hunt {
    /// Piece in lower case, and what it is of.
    pieces: HashMap<Vec<u8>, String>,
    lengths: BTreeSet<usize>,
    /// Whether a piece may begin with these bytes, by [`slot`]: most text is none, and there is a lot of it.
    beginnings: Vec<bool>,
}

impl Hunt {
    pub(super) fn after<'a>(canaries: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let beginnings = vec![false; SLOTS];
        let mut hunt = Self { pieces: HashMap::new(), lengths: BTreeSet::new(), beginnings };
        for (name, secret) in canaries {
            let bytes = secret.as_bytes();
            hunt.add(secret, PIECE, name.to_owned());
            hunt.add(&hex(bytes), 2 * PIECE, format!("{name} in hex"));
            hunt.add(&percent(bytes, |_| true), 3 * PIECE, format!("{name}, percent-encoded throughout"));
            let escaped = percent(bytes, |byte| !byte.is_ascii_alphanumeric() && !b"-._*".contains(&byte));
            hunt.add(&escaped, PIECE, format!("{name}, percent-encoded"));
            for lead in 0..3 {
                // The secret may stand anywhere in what was encoded; the ends depend on its neighbours, the middle does not.
                let padded = [&[0; 2][..lead.min(2)], bytes].concat();
                for encoded in [STANDARD.encode(&padded), URL_SAFE.encode(&padded)] {
                    let own = &encoded[lead + usize::from(lead > 0)..encoded.len() - 4];
                    hunt.add(own, PIECE, format!("{name} in base64"));
                }
            }
        }
        hunt
    }

    fn add(&mut self, form: &str, length: usize, what: String) {
        self.lengths.insert(length);
        for piece in form.to_ascii_lowercase().as_bytes().windows(length) {
            self.beginnings[slot(piece)] = true;
            self.pieces.entry(piece.to_owned()).or_insert_with(|| what.clone());
        }
    }

    /// What a text shows, if it shows anything.
    pub(super) fn find(&self, text: &str) -> Option<&str> {
        // Lists of bytes, as a derived `Debug` writes them, are read as the text that they are.
        let lists = [bytes_written(text, 10), bytes_written(text, 16)];
        [text.as_bytes()].into_iter().chain(lists.iter().map(Vec::as_slice)).find_map(|bytes| {
            let bytes = bytes.to_ascii_lowercase();
            let mut starts = bytes.windows(PIECE).enumerate().filter(|(_, start)| self.beginnings[slot(start)]);
            starts.find_map(|(at, _)| self.at(&bytes[at..]))
        })
    }

    /// What begins here.
    fn at(&self, bytes: &[u8]) -> Option<&str> {
        let mut pieces = self.lengths.iter().filter_map(|&length| bytes.get(..length));
        pieces.find_map(|piece| self.pieces.get(piece)).map(String::as_str)
    }

    #[track_caller]
    pub(super) fn check(&self, what: &str, text: &str) {
        if let Some(found) = self.find(text) {
            panic!("{what} shows {found}: {text}");
        }
    }
}

/// Looks for every canary. Thousands of inputs get the same few answers, so each text is looked at once.
#[track_caller]
pub(super) fn check(what: &str, text: &str) {
    static CLEAN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    if !CLEAN.lock().unwrap_or_else(PoisonError::into_inner).contains(text) {
        HUNT.check(what, text);
        CLEAN.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn percent(bytes: &[u8], encode: impl Fn(u8) -> bool) -> String {
    bytes.iter().map(|&b| if encode(b) { format!("%{b:02X}") } else { char::from(b).to_string() }).collect()
}

/// The numbers below 256 in a text, as bytes, with a zero where something else stands between them.
fn bytes_written(text: &str, radix: u32) -> Vec<u8> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| u8::from_str_radix(word.strip_prefix("0x").unwrap_or(word), radix).unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "Wj5yGq8L/U3eDzR0";

    #[test]
    fn eight_bytes_in_a_row_are_found_in_any_disguise() {
        let hunt = Hunt::after([("it", SECRET)]);
        let pair = format!("user:{SECRET}, and more");
        let bytes = SECRET.as_bytes();
        for leak in [
            format!("token {SECRET} expired"),
            format!("token {} expired", &SECRET[5..13]),
            SECRET.to_lowercase(),
            SECRET.escape_debug().to_string(),
            format!("Basic {}", STANDARD.encode(&pair)),
            format!("Basic {}", STANDARD.encode(&pair[1..])),
            format!("Basic {}", URL_SAFE.encode(&pair[2..])),
            format!("apikey={}", percent(bytes, |byte| byte == b'/')),
            percent(bytes, |_| true),
            hex(bytes),
            hex(bytes).to_uppercase(),
            format!("{bytes:?}"),
            format!("{bytes:#?}"),
            format!("{bytes:x?}"),
            format!("{:#04X?}", &bytes[4..12]),
        ] {
            assert!(hunt.find(&leak).is_some(), "{leak}");
        }
    }

    #[test]
    fn seven_bytes_or_a_fingerprint_are_no_leak() {
        let hunt = Hunt::after([("it", SECRET)]);
        let fingerprint = auth_core::Secret::new(SECRET).fingerprint();
        for fine in [&SECRET[..7], &SECRET[9..], &fingerprint, "", "the token is not usable: [1, 2, 3]"] {
            assert_eq!(hunt.find(fine), None, "{fine}");
        }
    }

    #[test]
    fn canaries_share_no_piece() {
        for (name, secret) in secrets::ALL {
            let others =
                secrets::ALL.into_iter().filter(|(_, other)| !other.contains(secret) && !secret.contains(other));
            assert_eq!(Hunt::after(others).find(secret), None, "{name}");
        }
    }
}
