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

/// Whether an outcome is the expected one: the same, or the same JSON, or the same error where the row names no line.
pub(crate) fn agree(outcome: &str, expect: &str) -> bool {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text.strip_prefix("ok:")?).ok();
    outcome == expect
        || json(outcome).is_some_and(|value| Some(value) == json(expect))
        || !expect.contains('(') && outcome.split('(').next() == Some(expect)
}

/// The rules for messages, of the corpus's README: one line under 300 bytes, which names the line that the row names, and
/// has no 8 bytes in a row with the input. What of the input are names and no values, the caller leaves out.
pub(crate) fn check_message(id: &str, message: &str, input: &[u8], expect: &str) {
    assert!(message.len() < 300 && !message.contains('\n'), "{id}: {message}");
    assert!(!message.ends_with('.') && message.starts_with(|c: char| !c.is_uppercase()), "{id}: {message}");
    let piece = input.windows(8).find(|piece| message.as_bytes().windows(8).any(|said| said == *piece));
    assert!(piece.is_none(), "{id}: {message} repeats {:?}", piece.map(String::from_utf8_lossy));
    if let Some((_, line)) = expect.split_once("(line ") {
        let line = line.trim_end_matches(')');
        assert!(message.contains(&format!(":{line} ")), "{id}: {message} does not name line {line}");
    }
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
