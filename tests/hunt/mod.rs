//! The hunt for a piece of a canary, in plain or in disguise.
//!
//! | module | what it has |
//! | --- | --- |
//! | [`forms`] | what a secret looks like once it is encoded, where that can't be undone in the middle of a text |
//! | [`readings`] | what a text says once its escapes are undone, its gaps closed, its numbers taken for bytes |
//!
//! One hunt for all: auth-cli's tests and `just proof` have it by `#[path]`.

mod forms;
mod readings;

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

/// As many bytes in a row of a secret are a leak.
const PIECE: usize = 8;

const SLOTS: usize = 1 << 20;

/// All disguises that a piece is found in, each shown to be so by the tests below.
pub(crate) const DISGUISES: [&str; 16] = [
    "plain, in either case",
    "percent",
    "form (+ for a space)",
    "base64",
    "base64 one byte later",
    "base64 two bytes later",
    "base64url",
    "hex",
    "bytes in decimal",
    "bytes in hex",
    "JSON escapes",
    "Rust escapes",
    "UTF-16 LE",
    "UTF-16 BE",
    "wrapped lines",
    "escapes of escapes",
];

/// How many texts were looked at in this process.
static LOOKED_AT: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn looked_at() -> usize {
    LOOKED_AT.load(Ordering::SeqCst)
}

/// The slot of a piece's first bytes (Fibonacci hashing).
fn slot(start: u64) -> usize {
    (start.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as usize
}

/// What is looked for. Letters count alike in either case: a URL's host comes back in lower case.
pub(crate) struct Hunt {
    /// Piece in lower case, and which of the names it goes by.
    pieces: HashMap<Vec<u8>, usize>,
    names: Vec<String>,
    lengths: BTreeSet<usize>,
    /// Whether a piece may begin with these bytes, by [`slot`]: most text is none, and there is a lot of it.
    beginnings: Vec<bool>,
}

impl Hunt {
    pub(crate) fn after<'a>(canaries: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut hunt = Self {
            pieces: HashMap::new(),
            names: Vec::new(),
            lengths: BTreeSet::new(),
            beginnings: vec![false; SLOTS],
        };
        for (name, secret) in canaries {
            for form in forms::of(secret) {
                hunt.add(&form.bytes, form.piece, format!("{name}{}", form.name));
            }
        }
        hunt
    }

    fn add(&mut self, form: &[u8], length: usize, what: String) {
        self.lengths.insert(length);
        self.names.push(what);
        for piece in form.to_ascii_lowercase().windows(length) {
            let start = piece[..PIECE].iter().fold(0, |start, byte| start << 8 | u64::from(*byte));
            self.beginnings[slot(start)] = true;
            self.pieces.entry(piece.to_owned()).or_insert(self.names.len() - 1);
        }
    }

    /// What a text shows, if it shows anything.
    pub(crate) fn find(&self, text: impl AsRef<[u8]>) -> Option<String> {
        LOOKED_AT.fetch_add(1, Ordering::SeqCst);
        let readings = readings::of(text.as_ref());
        readings.iter().find_map(|reading| Some(format!("{}{}", self.plainly(&reading.bytes)?, reading.name)))
    }

    /// What these bytes show as they are.
    fn plainly(&self, bytes: &[u8]) -> Option<&str> {
        let mut start = 0_u64;
        for (at, byte) in bytes.iter().enumerate() {
            start = start << 8 | u64::from(byte.to_ascii_lowercase());
            if at + 1 >= PIECE && self.beginnings[slot(start)] {
                let found = self.at(&bytes[at + 1 - PIECE..]);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// What begins here.
    fn at(&self, bytes: &[u8]) -> Option<&str> {
        let mut pieces = self.lengths.iter().filter_map(|&length| bytes.get(..length));
        pieces.find_map(|piece| self.pieces.get(&piece.to_ascii_lowercase())).map(|name| self.names[*name].as_str())
    }

    #[track_caller]
    pub(crate) fn check(&self, what: &str, text: &str) {
        if let Some(found) = self.find(text) {
            panic!("{what} shows {found}: {text}");
        }
    }
}

pub(crate) use forms::percent;

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::forms::hex;
    use super::*;

    const SECRET: &str = "Wj5yGq8L/U3eDzR0";

    /// With all that is escaped somewhere, at most three bytes apart.
    const ODD: &str = "k\"7/p\\2 w\n9:V\u{1b}4\t6+Y=3é";

    /// The name of each disguise, and the secret in it.
    fn disguised(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
        let bytes = secret.as_bytes();
        let pair = format!("user:{secret}, and more");
        let json_wise = |c: char| if c == '/' { r"\/".into() } else { format!("\\u{:04X}", u32::from(c)) };
        let utf16 = |bytes: fn(u16) -> [u8; 2]| secret.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let wrapped = |text: &str, at| text.as_bytes().chunks(at).collect::<Vec<_>>().join(&b"\r\n    "[..]);
        let form = percent(bytes, |byte| !byte.is_ascii_alphanumeric()).replace("%20", "+");
        vec![
            ("plain, in either case", format!("token {secret} expired").into()),
            ("plain, in either case", secret.to_uppercase().into()),
            ("percent", percent(bytes, |byte| !byte.is_ascii_alphanumeric()).into()),
            ("percent", percent(bytes, |_| true).to_lowercase().into()),
            ("percent", percent(bytes, |byte| byte % 3 == 0).into()),
            ("form (+ for a space)", form.clone().into()),
            ("form (+ for a space)", form.to_lowercase().into()),
            ("base64", format!("Basic {}", STANDARD.encode(&pair[2..])).into()),
            ("base64 one byte later", format!("Basic {}", STANDARD.encode(&pair[1..])).into()),
            ("base64 two bytes later", format!("Basic {}", STANDARD.encode(&pair)).into()),
            ("base64url", URL_SAFE.encode(&pair).into()),
            ("base64url", URL_SAFE.encode(&pair[1..]).into()),
            ("base64url", URL_SAFE.encode(&pair[2..]).into()),
            ("hex", hex(bytes).into()),
            ("hex", hex(bytes).to_uppercase().into()),
            ("bytes in decimal", format!("{bytes:?}").into()),
            ("bytes in decimal", format!("{bytes:#?}").into()),
            ("bytes in hex", format!("{bytes:x?}").into()),
            ("bytes in hex", format!("{bytes:#04X?}").into()),
            ("bytes in hex", bytes.iter().map(|byte| format!("{byte:02x}:")).collect::<String>().into()),
            ("JSON escapes", secret.chars().map(json_wise).collect::<String>().into()),
            ("JSON escapes", serde_json::json!(secret).to_string().replace('/', r"\/").into()),
            ("Rust escapes", secret.escape_debug().to_string().into()),
            ("Rust escapes", secret.escape_unicode().to_string().into()),
            ("Rust escapes", secret.escape_default().to_string().into()),
            ("Rust escapes", format!("{:?}", bytes::Bytes::copy_from_slice(bytes)).into()),
            ("UTF-16 LE", utf16(u16::to_le_bytes)),
            ("UTF-16 BE", utf16(u16::to_be_bytes)),
            ("wrapped lines", wrapped(secret, 5)),
            ("wrapped lines", wrapped(&STANDARD.encode(&pair), 7)),
            ("wrapped lines", wrapped(&hex(bytes), 3)),
            ("escapes of escapes", format!("{:?}", serde_json::json!(secret).to_string()).into()),
            ("escapes of escapes", percent(bytes, |_| true).replace('%', "%25").into()),
        ]
    }

    #[test]
    fn eight_bytes_in_a_row_are_found_in_any_disguise() {
        let mut shown = BTreeSet::new();
        for secret in [SECRET, ODD] {
            let hunt = Hunt::after([("it", secret)]);
            for (disguise, text) in disguised(secret) {
                assert!(hunt.find(&text).is_some(), "{disguise}: {}", String::from_utf8_lossy(&text));
                shown.insert(disguise);
            }
        }
        assert_eq!(shown, BTreeSet::from(DISGUISES), "each that is counted is shown");
        let hunt = Hunt::after([("it", SECRET)]);
        for part in [format!("token {} expired", &SECRET[5..13]), format!("{:#04X?}", &SECRET.as_bytes()[4..12])] {
            assert!(hunt.find(&part).is_some(), "{part}");
        }
    }

    #[test]
    fn seven_bytes_or_a_fingerprint_are_no_leak() {
        let hunt = Hunt::after([("it", SECRET)]);
        // Of base64 eight letters are six bytes: there more is found, wrapped or not.
        let base64 = |name: &str| name.starts_with("base64") || name.starts_with("wrapped");
        for (disguise, text) in disguised(&SECRET[..7]).into_iter().filter(|(name, _)| !base64(name)) {
            assert_eq!(hunt.find(&text), None, "{disguise}: {}", String::from_utf8_lossy(&text));
        }
        let fingerprint = auth_core::Secret::new(SECRET).fingerprint();
        for fine in [&SECRET[9..], &fingerprint, "", "the token is not usable: [1, 2, 3]", "100% \\ of \\u it %2"] {
            assert_eq!(hunt.find(fine), None, "{fine}");
        }
    }
}
