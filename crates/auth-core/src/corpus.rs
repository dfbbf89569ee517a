//! The inputs of `tests/data/corpus`, and inputs made of them, for the parsers' tests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/corpus");

/// Id, bytes and expectation of every row of a file.
pub(crate) fn rows(name: &str) -> Vec<(String, Vec<u8>, String)> {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.jsonl")).unwrap();
    text.lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| row[name].as_str().unwrap().to_owned();
            (field("id"), STANDARD.decode(field("b64")).unwrap(), field("expect"))
        })
        .collect()
}

/// Every input of one or two bytes, and a few hundred mutations of every row: bytes put in (some of them `special` to the
/// format), cut off, doubled. The same ones every time.
pub(crate) fn probe_all(name: &str, special: &[u8], mut probe: impl FnMut(&[u8])) {
    for first in 0..=255 {
        probe(&[first]);
        for second in 0..=255 {
            probe(&[first, second]);
        }
    }
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for (_, bytes, _) in rows(name) {
        for _ in 0..500 {
            let mut bytes = bytes[..bytes.len().min(2000)].to_vec();
            for _ in 0..4 {
                // xorshift64
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                let at = (random >> 16) as usize % (bytes.len() + 1);
                let pick = (random >> 8) as usize;
                match random % 5 {
                    0 => bytes.insert(at, pick as u8),
                    1 => bytes.insert(at, special[pick % special.len()]),
                    2 => bytes.truncate(at.max(4)),
                    3 if bytes.len() < 4000 => bytes.extend_from_within(at..),
                    _ => {
                        if let Some(byte) = bytes.get_mut(at) {
                            *byte = special[pick % special.len()];
                        }
                    }
                }
            }
            probe(&bytes);
        }
    }
}
