//! What a secret looks like where the encoding can't be undone in the middle of a text, because nobody knows where it begins.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::PIECE;

pub(super) struct Form {
    /// What is said of it, behind the secret's own name.
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
    /// How many bytes of it stand for eight of the secret; of base64, for six.
    pub(super) piece: usize,
}

pub(super) fn of(secret: &str) -> Vec<Form> {
    let bytes = secret.as_bytes();
    let form = |name, text: String, piece| Form { name, bytes: text.into_bytes(), piece };
    let escaped = percent(bytes, |byte| !byte.is_ascii_alphanumeric() && !b"-._*".contains(&byte));
    let mut forms = vec![
        form("", secret.to_owned(), PIECE),
        form(", percent-encoded", escaped, PIECE),
        form(" in hex", hex(bytes), 2 * PIECE),
    ];
    if secret.contains(char::is_whitespace) {
        let closed = secret.split_whitespace().collect();
        forms.push(form("", closed, PIECE));
    }
    if !secret.is_ascii() {
        // A reading without zeros, which is how UTF-16 is read, leaves of other letters what UTF-8 does not have.
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes = secret.encode_utf16().flat_map(bytes).filter(|byte| *byte != 0).collect();
            forms.push(Form { name: " in UTF-16", bytes, piece: PIECE });
        }
    }
    for lead in 0..3 {
        // The secret may stand anywhere in what was encoded; the ends depend on its neighbours, the middle does not.
        let padded = [&[0; 2][..lead], bytes].concat();
        for encoded in [STANDARD.encode(&padded), URL_SAFE.encode(&padded)] {
            let own = encoded.get(lead + usize::from(lead > 0)..encoded.len().saturating_sub(4)).unwrap_or_default();
            forms.push(form(" in base64", own.to_owned(), PIECE));
        }
    }
    // Without odd characters some are the same; the first names it.
    forms.dedup_by(|later, earlier| later.bytes == earlier.bytes);
    forms
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn percent(bytes: &[u8], encode: impl Fn(u8) -> bool) -> String {
    let plain = |byte: u8| byte.is_ascii() && !encode(byte);
    bytes.iter().map(|&b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
