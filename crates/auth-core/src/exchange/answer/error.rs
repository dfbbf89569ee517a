//! The error in an answer: RFC 6749 section 5.2, and what vendors send in its place.

use std::{collections::HashSet, fmt};

use super::fields::{Raw, read_object};

/// How much of a code is shown. The codes of the RFCs take about half of it.
const MAX_CODE_BYTES: usize = 64;

/// How much of a description is shown: a sentence or two.
const MAX_DESCRIPTION_BYTES: usize = 200;

/// An issuer's error, made fit to be shown: visible characters only, and cut to length.
///
/// Issuers may repeat what they were sent, so take out each secret of the request with
/// [`without`](Self::without) before showing it. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ErrorAnswer {
    /// `error` of RFC 6749 or a vendor's code, at most 64 bytes.
    pub(crate) code: Option<String>,
    /// `error_description` or a vendor's message, at most 200 bytes.
    pub(crate) description: Option<String>,
}

impl ErrorAnswer {
    /// Drops the code or description if it repeats eight bytes of a secret in a row, or all of a shorter one.
    pub(crate) fn without(self, secret: &str) -> Self {
        let clean = |text: &String| !repeats(text, secret);
        Self { code: self.code.filter(clean), description: self.description.filter(clean) }
    }
}

impl fmt::Debug for ErrorAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorAnswer").finish_non_exhaustive()
    }
}

/// Reads the error in an answer: RFC 6749 section 5.2, or the fields that vendors use in its place.
///
/// Those are `errorCode` and `errorMessage` (IBM Cloud), and an `error` object with a `message` and one of
/// `code`, `http_code`, `grpc_code`, `http_status`. `None` if the body is no JSON object with such a field;
/// null, false and the empty string are no error.
pub(crate) fn parse_error(body: &[u8]) -> Option<ErrorAnswer> {
    let names = ["error", "error_description", "errorCode", "errorMessage"];
    let found = read_object(body, names).ok()?;
    let [error, description, code, message] = found.values.map(|raw| raw.filter(says_something));
    error.as_ref().or(code.as_ref()).or(message.as_ref())?;
    let inner = |name| error.as_ref().and_then(|error| scalar(error.member(name)));
    let code = scalar(error.as_ref())
        .or_else(|| inner("code"))
        .or_else(|| inner("http_code"))
        .or_else(|| inner("grpc_code"))
        .or_else(|| inner("http_status"))
        .or_else(|| scalar(code.as_ref()));
    let description = scalar(description.as_ref()).or_else(|| inner("message")).or_else(|| scalar(message.as_ref()));
    Some(ErrorAnswer {
        code: code.map(|code| visible(&masked(&code), MAX_CODE_BYTES)),
        description: description.map(|text| visible(&masked(&text), MAX_DESCRIPTION_BYTES)),
    })
}

/// A server's words as an error may show them; `None` if nothing is left of them, or if they repeat a secret.
pub(crate) fn fit_to_show(text: &str, secrets: &[&str], max: usize) -> Option<String> {
    let unquoted = secrets.iter().filter(|secret| !secret.is_empty());
    let unquoted = unquoted.fold(text.to_owned(), |text, secret| text.replace(secret, "…"));
    let shown = visible(&masked(&unquoted), max);
    let is_fit = !shown.is_empty() && !secrets.iter().any(|secret| repeats(&shown, secret));
    is_fit.then_some(shown)
}

fn says_something(raw: &Raw) -> bool {
    !matches!(raw, Raw::Bool(false)) && !matches!(raw, Raw::Text(text) if text.is_empty())
}

/// A string that is not empty, or a number.
fn scalar(raw: Option<&Raw>) -> Option<String> {
    match raw? {
        Raw::Text(text) if !text.is_empty() => Some(text.clone()),
        Raw::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Text in which every word that could be a credential is an ellipsis: issuers repeat tokens, headers, forms and URLs,
/// encoded in ways that nobody can list.
fn masked(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "._~+/=%-".contains(c);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
        rest = &rest[word.len()..];
        shown.push_str(if could_be_a_credential(word) { "…" } else { word });
        let between = &rest[..rest.find(is_word).unwrap_or(rest.len())];
        rest = &rest[between.len()..];
        shown.push_str(between);
    }
    shown
}

/// Long, and no word of a language: letters mixed with digits, or longer than words are.
fn could_be_a_credential(word: &str) -> bool {
    let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    word.len() >= 40 || (word.len() >= 16 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic))
}

/// Text that can't move a terminal's cursor, forge a log line or hide, at most `max` bytes of it.
fn visible(text: &str, max: usize) -> String {
    let mut shown = String::new();
    for c in text.trim().chars() {
        let c = match c {
            c if c.is_whitespace() => ' ',
            // Soft hyphen, joiners, direction marks and overrides, variation selectors, tags, private use.
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'.. => char::REPLACEMENT_CHARACTER,
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        };
        if shown.len() + c.len_utf8() > max {
            break;
        }
        shown.push(c);
    }
    shown
}

/// Whether text holds any eight bytes in a row of a secret, or all of one that is shorter.
pub(crate) fn repeats(text: &str, secret: &str) -> bool {
    let length = secret.len().min(8);
    length > 0 && {
        let pieces: HashSet<_> = text.as_bytes().windows(length).collect();
        let mut secret = secret.as_bytes().windows(length);
        secret.any(|piece| pieces.contains(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expect: Option<(Option<&str>, Option<&str>)>) {
        let answer = parse_error(body.as_bytes());
        let answer = answer.as_ref().map(|answer| (answer.code.as_deref(), answer.description.as_deref()));
        assert_eq!(answer, expect, "{body:.80}");
    }

    #[test]
    fn the_fields_of_the_rfc_and_of_vendors_are_known() {
        let both = Some((Some("c"), Some("d")));
        check(r#"{"error":"c","error_description":"d","error_uri":"u"}"#, both);
        check("\u{feff}{\"error\":\"c\",\"error_description\":\"d\"}", both);
        check(r#"{"errorCode":"c","errorMessage":"d","context":{"a":[1]}}"#, both);
        check(r#"{"error":{"message":"d","code":"c"}}"#, both);
        check(
            r#"{"error":{"grpc_code":16,"http_code":401,"message":"d","http_status":"Unauthorized","details":[{}]}}"#,
            Some((Some("401"), Some("d"))),
        );
        check(r#"{"error":{"grpc_code":16,"http_status":"c"}}"#, Some((Some("16"), None)));
        check(r#"{"error":{"http_status":"c","code":null,"message":"d"}}"#, both);
        check(r#"{"error":"c","errorCode":"x","errorMessage":"d"}"#, both);
        check(r#"{"error":"c","error":"x","error_description":"d"}"#, both);
        check(r#"{"error":"c","error_description":["d"]}"#, Some((Some("c"), None)));
        check(r#"{"errorMessage":"d"}"#, Some((None, Some("d"))));
        check(r#"{"error":{}}"#, Some((None, None)));
        check(r#"{"error":true}"#, Some((None, None)));
    }

    #[test]
    fn words_that_quote_a_secret_are_shown_without_it_or_not_at_all() {
        let fit = |text: &str| fit_to_show(text, &["psk_test"], 20);
        assert_eq!(fit("invalid key psk_test"), Some("invalid key …".to_owned()));
        assert_eq!(fit("a\u{1b}[2Jb\r\nc"), Some("a\u{fffd}[2Jb  c".to_owned()));
        assert_eq!((fit(" \u{0}".trim_end_matches('\0')), fit("")), (None, None));
        assert_eq!(fit_to_show("it was LongSecretPiece", &["xLongSecretPiecex"], 200), None);
        assert_eq!(fit("0123456789 123456789 123").map(|text| text.len()), Some(20));
    }

    #[test]
    fn what_could_be_a_credential_is_not_shown() {
        for (told, shown) in [
            ("token eyJhbGciOiJSUzI1NiJ9.e30.sig has expired", "token … has expired"),
            ("bad header: Basic bXktY2xpZW50Om15OnNl", "bad header: Basic …"),
            ("https://iam.example.com/token?key=aB3dE5fG7hJ9kL1m", "https://iam.example.com/token?…"),
            ("api%2Fkey%2Bvalue3d at 2026-11-22T10:00:00Z", "… at 2026-11-22T10:00:00Z"),
            ("Provided API key could not be found (BXNIM0415E).", "Provided API key could not be found (BXNIM0415E)."),
            ("ünïcödé stays", "ünïcödé stays"),
        ] {
            assert_eq!(masked(told), shown);
        }
    }

    #[test]
    fn without_an_error_field_there_is_no_error() {
        for body in [
            "",
            "null",
            "[]",
            "\"error\"",
            "{}",
            "<html>",
            "error=c",
            r#"{"error":null}"#,
            r#"{"error":""}"#,
            r#"{"error":false}"#,
            r#"{"Error":"c"}"#,
            r#"{"error":"c""#,
            r#"{"error_description":"d"}"#,
            r#"{"message":"d"}"#,
        ] {
            check(body, None);
        }
    }

    #[test]
    fn what_is_shown_is_visible_and_short() {
        assert_eq!(
            visible(" a\r\nb\u{1b}[31mc\0\u{7f}\u{9b}\u{202e}\u{200b}\u{2028}d ", 200),
            "a  b\u{fffd}[31mc\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd} d"
        );
        assert_eq!(visible("caf\u{e9}, \u{6771}\u{4eac}", 200), "caf\u{e9}, \u{6771}\u{4eac}");
        assert_eq!(visible("caf\u{e9}", 4), "caf");
        let long = "\u{6771}".repeat(100);
        let answer = format!(r#"{{"error":"{long}","error_description":"{long}"}}"#);
        let answer = parse_error(answer.as_bytes()).unwrap();
        assert_eq!(answer.code.unwrap().len(), 63);
        assert_eq!(answer.description.unwrap().len(), 198);
    }

    #[test]
    fn what_repeats_a_secret_is_dropped() {
        let answer = || {
            let body = br#"{"error":"invalid_grant","error_description":"no such key: abcdefgh12"}"#;
            parse_error(body).unwrap()
        };
        let left = |secret| {
            let answer = answer().without(secret);
            (answer.code.is_some(), answer.description.is_some())
        };
        assert_eq!(left(""), (true, true));
        assert_eq!(left("other-secret"), (true, true));
        assert_eq!(left("bcdefgh"), (true, false));
        assert_eq!(left("bcdefgX-abcdefg"), (true, true));
        assert_eq!(left("xxxcdefgh12xxx"), (true, false));
        assert_eq!(left("my_invalid_grants"), (false, true));
        assert_eq!(format!("{:?}", answer()), "ErrorAnswer { .. }");
    }
}
