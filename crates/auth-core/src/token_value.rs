//! What a token may look like: 1 to 65,536 visible ASCII characters, and none of the usual accidents.
//!
//! [`clean`] is for a token that a person or a program wrote down (a file, a variable, an argument, a line
//! of output): its ends are trimmed, and a pasted scheme, quotes or placeholder get their own error.
//! [`check`] is for a token inside JSON, where nothing is trimmed and only the characters are looked at.

use thiserror::Error;

/// The longest token accepted, in bytes. Servers refuse header lines far below this; beyond it the value
/// is some other file.
pub(crate) const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// Why a value is not a token. No message repeats any of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum TokenValueError {
    /// Nothing is left after trimming.
    #[error("it is empty; set it, or remove the setting")]
    Empty,
    /// The bytes are not UTF-8.
    #[error("it is not UTF-8 text; store the bare token as plain ASCII")]
    Encoding,
    /// The bytes start with a UTF-16 byte order mark, as older Windows shells write it.
    #[error("it is UTF-16 text; save it again as UTF-8 or plain ASCII")]
    Utf16,
    /// A pair of quotes surrounds the value.
    #[error("it is enclosed in quotes; remove them")]
    QuotedToken,
    /// The value starts with an authentication scheme, or is nothing but one.
    #[error("it starts with an authentication scheme such as Bearer; give the bare token")]
    SchemeInToken,
    /// The value stands for a token that was never filled in, or is a document instead of one.
    #[error("it is a placeholder, markup or JSON; put the real value there")]
    Placeholder,
    /// A byte outside 0x21 to 0x7E.
    #[error("it holds a space, a line break, a control or a non-ASCII character; give one token without any")]
    InvalidTokenChar,
    /// More than [`MAX_TOKEN_BYTES`].
    #[error("it is longer than 64 KiB; check that the setting names the right file")]
    TooLong,
}

/// The token in a value that somebody wrote down, without the white space and byte order mark around it.
///
/// Spaces, tabs, CR and LF go from both ends, and one byte order mark from the start; the rest comes back
/// byte for byte.
///
/// # Errors
///
/// The first reason that applies, most telling first: `"Bearer x"` in quotes is quoted, `Bearer x` names a
/// scheme, and only `x y` is told about its space.
pub(crate) fn clean(bytes: &[u8]) -> Result<&str, TokenValueError> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(TokenValueError::Utf16);
    }
    let text = str::from_utf8(bytes).map_err(|_| TokenValueError::Encoding)?;
    let text = trim(text);
    let token = trim(text.strip_prefix('\u{feff}').unwrap_or(text));
    check_length(token)?;
    if is_quoted(token) {
        return Err(TokenValueError::QuotedToken);
    }
    if starts_with_scheme(token) {
        return Err(TokenValueError::SchemeInToken);
    }
    if is_placeholder(token) {
        return Err(TokenValueError::Placeholder);
    }
    check_characters(token)?;
    // After the characters, so that indented JSON is told about its white space.
    if token.starts_with('{') {
        return Err(TokenValueError::Placeholder);
    }
    Ok(token)
}

/// Whether a string from a JSON answer can be sent as a token, exactly as it is.
///
/// Placeholders and schemes are not looked for: the issuer said that this is the token.
///
/// # Errors
///
/// `Empty`, `TooLong` or `InvalidTokenChar`.
pub(crate) fn check(token: &str) -> Result<(), TokenValueError> {
    check_length(token)?;
    check_characters(token)
}

fn check_length(token: &str) -> Result<(), TokenValueError> {
    match token.len() {
        0 => Err(TokenValueError::Empty),
        1..=MAX_TOKEN_BYTES => Ok(()),
        _ => Err(TokenValueError::TooLong),
    }
}

fn check_characters(token: &str) -> Result<(), TokenValueError> {
    if token.bytes().all(|byte| byte.is_ascii_graphic()) { Ok(()) } else { Err(TokenValueError::InvalidTokenChar) }
}

/// Not `str::trim`: a no-break space or form feed is no ordinary line end and must be reported.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

fn is_quoted(token: &str) -> bool {
    ['"', '\'', '`'].iter().any(|&quote| token.strip_prefix(quote).is_some_and(|rest| rest.ends_with(quote)))
}

/// Schemes people paste along, from the IANA registry and from vendors' manuals.
const SCHEMES: [&str; 14] = [
    "Bearer",
    "DPoP",
    "Basic",
    "Token",
    "MAC",
    "Digest",
    "Negotiate",
    "NTLM",
    "GNAP",
    "HOBA",
    "OAuth",
    "JWT",
    "ApiKey",
    "Authorization:",
];

/// The schemes that are no token even when nothing follows them. Not all: `token` may be somebody's.
const BARE_SCHEMES: [&str; 3] = ["Bearer", "DPoP", "Authorization:"];

fn starts_with_scheme(token: &str) -> bool {
    let names = |schemes: &[&str], word: &str| schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(word));
    match token.split_once(|c: char| c.is_ascii_whitespace()) {
        Some((word, _)) => names(&SCHEMES, word),
        None => names(&BARE_SCHEMES, token),
    }
}

fn is_placeholder(token: &str) -> bool {
    let surrounded = |open, close| token.starts_with(open) && token.ends_with(close);
    ["null", "undefined", "none"].iter().any(|word| word.eq_ignore_ascii_case(token))
        || surrounded("<", ">")
        || surrounded("${", "}")
        || surrounded("{{", "}}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;

    fn outcome(bytes: &[u8]) -> String {
        match clean(bytes) {
            Ok(token) => format!("ok:{token}"),
            Err(TokenValueError::Utf16) => "err:Encoding".to_owned(),
            Err(reason) => format!("err:{reason:?}"),
        }
    }

    #[test]
    fn every_corpus_row_gets_its_reason() {
        for (id, bytes, expect) in corpus::rows("token_value") {
            assert_eq!(outcome(&bytes), expect, "{id}");
        }
    }

    #[test]
    fn every_message_of_the_corpus_repeats_nothing() {
        for (id, bytes, expect) in corpus::rows("token_value") {
            if let Err(reason) = clean(&bytes) {
                corpus::check_message(&id, &reason.to_string(), &bytes, &expect);
            }
        }
    }

    #[test]
    fn accidents_get_their_own_reason() {
        use TokenValueError::*;
        let long = "a".repeat(MAX_TOKEN_BYTES + 1);
        for (input, expect) in [
            (" \t\r\n", Err(Empty)),
            ("\u{feff}", Err(Empty)),
            ("\u{feff} a\n", Ok("a")),
            ("\u{feff}\u{feff}a", Err(InvalidTokenChar)),
            ("a\u{feff}", Err(InvalidTokenChar)),
            ("\u{a0}a", Err(InvalidTokenChar)),
            ("'a'", Err(QuotedToken)),
            ("\"\"", Err(QuotedToken)),
            ("\"", Ok("\"")),
            ("\"a'", Ok("\"a'")),
            ("\"Bearer a b\"\n", Err(QuotedToken)),
            ("bearer  a", Err(SchemeInToken)),
            ("BEARER\na", Err(SchemeInToken)),
            ("Bearer \n", Err(SchemeInToken)),
            ("Basic dTpw", Err(SchemeInToken)),
            ("Token a", Err(SchemeInToken)),
            ("MAC id=1", Err(SchemeInToken)),
            ("Negotiate YII=", Err(SchemeInToken)),
            ("Authorization: Bearer a", Err(SchemeInToken)),
            ("authorization:", Err(SchemeInToken)),
            ("token", Ok("token")),
            ("Bearerabc", Ok("Bearerabc")),
            ("Bearers abc", Err(InvalidTokenChar)),
            ("<your jwt token>", Err(Placeholder)),
            ("NULL", Err(Placeholder)),
            ("None\n", Err(Placeholder)),
            ("undefined", Err(Placeholder)),
            ("nullable", Ok("nullable")),
            ("${TOKEN}", Err(Placeholder)),
            ("{{ token }}", Err(Placeholder)),
            (r#"{"token":"x"}"#, Err(Placeholder)),
            ("$TOKEN", Ok("$TOKEN")),
            ("a<b>", Ok("a<b>")),
            (&long[1..], Ok(&long[1..])),
            (&long, Err(TooLong)),
        ] {
            assert_eq!(clean(input.as_bytes()), expect, "{:.60}", input.escape_debug());
        }
        assert_eq!(clean(b"\xff\xfea\0"), Err(Utf16));
        assert_eq!(clean(b"a\0b\0"), Err(InvalidTokenChar));
    }

    #[test]
    fn inside_json_nothing_is_trimmed() {
        use TokenValueError::*;
        assert_eq!(check("a.b-c"), Ok(()));
        assert_eq!(check(""), Err(Empty));
        assert_eq!(check("a\n"), Err(InvalidTokenChar));
        assert_eq!(check("\u{feff}a"), Err(InvalidTokenChar));
        assert_eq!(check(&"a".repeat(MAX_TOKEN_BYTES)), Ok(()));
        assert_eq!(check(&"a".repeat(MAX_TOKEN_BYTES + 1)), Err(TooLong));
    }

    #[test]
    fn messages_say_what_to_do_and_stay_short() {
        use TokenValueError::*;
        for reason in [Empty, Encoding, Utf16, QuotedToken, SchemeInToken, Placeholder, InvalidTokenChar, TooLong] {
            let message = reason.to_string();
            assert!(message.len() < 200 && !message.ends_with('.'), "{message}");
        }
    }

    #[test]
    fn no_input_makes_it_panic_and_only_visible_ascii_passes() {
        let probe = |bytes: &[u8]| {
            if let Ok(token) = clean(bytes) {
                assert_eq!(check(token), Ok(()));
            }
        };
        corpus::probe_all("token_value", b" \t\r\n\"\'<{$", probe);
    }
}
