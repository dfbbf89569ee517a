//! What a text says, beside what stands there.

use std::borrow::Cow;

/// One way of reading.
pub(super) struct Reading<'a> {
    /// What is said of it, behind the name of what was found.
    pub(super) name: &'static str,
    pub(super) bytes: Cow<'a, [u8]>,
}

/// As often is undone what was undone: a log quotes what a server quoted.
const LAYERS: usize = 2;

/// `None` if there is nothing to undo.
type Undo = fn(&[u8]) -> Option<Vec<u8>>;

const UNDOING: [(&str, Undo); 4] = [
    (", escaped", unescaped),
    (", percent-encoded", unpercented),
    (", in UTF-16", |text| without(text, |byte| byte == 0)),
    (", with gaps", |text| without(text, |byte| byte.is_ascii_whitespace())),
];

pub(super) fn of(text: &[u8]) -> Vec<Reading<'_>> {
    let mut all = vec![Reading { name: "", bytes: text.into() }];
    let mut from = 0;
    for _ in 0..LAYERS {
        let to = all.len();
        for at in from..to {
            for (name, undo) in UNDOING {
                // Two ways to the same: one is enough.
                if let Some(bytes) = undo(&all[at].bytes).filter(|new| all.iter().all(|old| *old.bytes != **new)) {
                    all.push(Reading { name, bytes: bytes.into() });
                }
            }
        }
        from = to;
    }
    for (name, radix) in [(", as numbers", 10), (", as numbers in hex", 16)] {
        all.push(Reading { name, bytes: bytes_written(text, radix).into() });
    }
    all
}

/// Without the escapes of JSON, of Rust, of a shell's `$'..'`.
fn unescaped(text: &[u8]) -> Option<Vec<u8>> {
    text.contains(&b'\\').then_some(())?;
    let mut said = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, mut after)) = rest.split_first() {
        let mut byte = [first];
        let mut letter = [0; 4];
        let mut character: &[u8] = &byte;
        if first == b'\\'
            && let Some((&kind, next)) = after.split_first()
        {
            after = next;
            byte = [match kind {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'0' => 0,
                other => other,
            }];
            character = &byte;
            if let Some((code, length)) = number(kind, next) {
                after = &next[length..];
                // Of two surrogates neither is a letter; pieces do not need it.
                character = char::from_u32(code).map_or(&b"?"[..], |c| c.encode_utf8(&mut letter).as_bytes());
                if kind == b'x' {
                    byte = [u8::try_from(code).unwrap_or(b'?')];
                    character = &byte;
                }
            }
        }
        said.extend_from_slice(character);
        rest = after;
    }
    Some(said)
}

/// The code behind `\x`, `\u` or `\u{`, and how long it is there.
fn number(kind: u8, text: &[u8]) -> Option<(u32, usize)> {
    let (digits, length) = match (kind, text.first()) {
        (b'x', _) => (text.get(..2)?, 2),
        (b'u', Some(b'{')) => {
            let end = text.iter().take(8).position(|byte| *byte == b'}')?;
            (&text[1..end], end + 1)
        }
        (b'u', _) => (text.get(..4)?, 4),
        _ => return None,
    };
    Some((u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?, length))
}

/// Without the escapes of URLs and forms.
fn unpercented(text: &[u8]) -> Option<Vec<u8>> {
    text.contains(&b'%').then_some(())?;
    let mut said = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, mut after)) = rest.split_first() {
        let mut byte = if first == b'+' { b' ' } else { first };
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        if let Some(code) = digits.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| first == b'%') {
            (byte, after) = (code, &after[2..]);
        }
        said.push(byte);
        rest = after;
    }
    Some(said)
}

/// Without the zeros of UTF-16, or without what wrapped lines have.
fn without(text: &[u8], gap: fn(u8) -> bool) -> Option<Vec<u8>> {
    text.iter().any(|byte| gap(*byte)).then(|| text.iter().copied().filter(|byte| !gap(*byte)).collect())
}

/// The numbers below 256 in a text, as bytes, with a zero where something else stands between them: a derived `Debug` writes
/// lists of bytes like that.
fn bytes_written(text: &[u8], radix: u32) -> Vec<u8> {
    let words = text.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let value = |word: &[u8]| {
        let digits = std::str::from_utf8(word.strip_prefix(b"0x").unwrap_or(word)).ok()?;
        u8::from_str_radix(digits, radix).ok()
    };
    words.map(|word| if word.len() > 4 { 0 } else { value(word).unwrap_or(0) }).collect()
}
