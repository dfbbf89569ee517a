//! What a token endpoint answers: a token (RFC 6749 section 5.1) or an error (section 5.2).
//!
//! Issuers follow the RFC loosely, so numbers may be strings and optional fields may be null. What decides
//! which token is used for how long is read strictly: a field given twice is an error, not a choice.

use std::time::{Duration, SystemTime};

use thiserror::Error;

use crate::token_value::{self, TokenValueError};

mod error;
pub(crate) mod fields;

pub(crate) use error::{ErrorAnswer, fit_to_show, parse_error, repeats};
use fields::{Raw, read_object};

/// The names under which a system gives the token and its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fields<'a> {
    /// Where the token is; `access_token` by default.
    pub(crate) access_token: &'static str,
    /// Where its type is; `token_type` by default.
    pub(crate) token_type: &'static str,
    /// The type the source can use (RFC 6749 section 7.1); `Bearer` by default.
    pub(crate) expected_type: &'a str,
    /// Whether `N_A` will do as well (RFC 8693 section 2.2.1).
    pub(crate) not_applicable: bool,
}

impl Default for Fields<'_> {
    /// The names of RFC 6749.
    fn default() -> Self {
        Self { access_token: "access_token", token_type: "token_type", expected_type: "Bearer", not_applicable: false }
    }
}

/// A successful answer. Not `Debug`: it holds secrets, which the caller moves into their own type.
pub(crate) struct Answer {
    /// The token, fit to be sent.
    pub(crate) access_token: String,
    /// How long the token lives from now on, in whole seconds.
    pub(crate) expires_in: Option<Duration>,
    /// When it ends, from `expires_on` or `expiration`; for answers without `expires_in`.
    pub(crate) expires_at: Option<SystemTime>,
    /// After what time the issuer would like it refreshed. A hint: what can't be read is left out.
    pub(crate) refresh_in: Option<Duration>,
    /// The refresh token, if the issuer gives out such a thing.
    pub(crate) refresh_token: Option<String>,
    /// The scope granted, where it differs from the one asked for.
    pub(crate) scope: Option<String>,
    /// What kind of token a token exchange brought.
    pub(crate) issued_token_type: Option<String>,
}

/// Why an answer brings no token. No message repeats any of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum AnswerError {
    /// No JSON, or more than one value.
    #[error("the answer is not JSON; check that the token URL is right and no proxy or login page is in between")]
    NotJson,
    /// JSON, but no object.
    #[error("the answer is not a JSON object; check that the token URL is right")]
    NotObject,
    /// No token, or null in its place.
    #[error("the answer holds no access token; check that the token URL and grant type are right")]
    MissingAccessToken,
    /// A field that matters is given more than once.
    #[error("the answer gives `{0}` more than once; report it to the issuer")]
    DuplicateField(&'static str),
    /// A field is of another JSON type than it has to be.
    #[error("the answer's `{0}` is not a string; report it to the issuer")]
    WrongType(&'static str),
    /// The token is not a bearer token.
    #[error("the answer's token type is not Bearer; ask the issuer for a bearer token")]
    UnsupportedTokenType,
    /// The lifetime is no number.
    #[error("the answer's lifetime is not a number; report it to the issuer")]
    InvalidExpiry,
    /// The token can't be sent in a header.
    #[error("the answer's access token {}; report it to the issuer", why_no_token(*.0))]
    Token(TokenValueError),
    /// An error in place of a token, although the status says success.
    #[error("the issuer answered with an error instead of a token")]
    OAuth(ErrorAnswer),
}

/// The reason's own words are for somebody who wrote the token down.
fn why_no_token(reason: TokenValueError) -> &'static str {
    match reason {
        TokenValueError::Empty => "is empty",
        TokenValueError::TooLong => "is longer than 64 KiB",
        _ => "holds a character that can't go into a header",
    }
}

/// Reads an answer whose status says success, RFC 6749 section 5.1.
///
/// Null is the same as absent, unknown fields are ignored, and a byte order mark is tolerated.
///
/// # Errors
///
/// The answer is malformed, or brings an error or another kind of token. An answer with a non-empty `error`
/// is an error whatever else it holds; one with a vendor's error fields is, if it holds no token.
pub(crate) fn parse_token(body: &[u8], fields: Fields<'_>) -> Result<Answer, AnswerError> {
    let names = [
        fields.access_token,
        fields.token_type,
        "expires_in",
        "expires_on",
        "expiration",
        "refresh_in",
        "refresh_token",
        "scope",
        "issued_token_type",
        "error",
    ];
    let found = read_object(body, names)?;
    if let Some(name) = found.duplicate {
        return Err(AnswerError::DuplicateField(name));
    }
    let [token, token_type, expires_in, on, expiration, refresh_in, refresh_token, scope, issued, error] = found.values;
    if (error.is_some() || token.is_none())
        && let Some(answer) = parse_error(body)
    {
        return Err(AnswerError::OAuth(answer));
    }
    let access_token = string(token, fields.access_token)?.ok_or(AnswerError::MissingAccessToken)?;
    token_value::check(&access_token).map_err(AnswerError::Token)?;
    // Some issuers leave the type empty; they mean the usual one.
    let token_type = string(token_type, fields.token_type)?.filter(|kind| !kind.is_empty());
    let token_type = token_type.as_deref().unwrap_or("Bearer");
    let not_applicable = fields.not_applicable && token_type.eq_ignore_ascii_case("N_A");
    if !token_type.eq_ignore_ascii_case(fields.expected_type) && !not_applicable {
        return Err(AnswerError::UnsupportedTokenType);
    }
    let expires_in = expires_in.map(|raw| raw.duration().ok_or(AnswerError::InvalidExpiry)).transpose()?;
    // Beside `expires_in` the absolute end adds nothing, so there it need not be readable.
    let expires_at = match on.or(expiration).map(|raw| raw.moment()) {
        Some(None) if expires_in.is_none() => return Err(AnswerError::InvalidExpiry),
        end => end.flatten(),
    };
    Ok(Answer {
        access_token,
        expires_in,
        expires_at,
        refresh_in: refresh_in.and_then(|raw| raw.duration()),
        refresh_token: string(refresh_token, "refresh_token")?.filter(|token| is_refresh_token(token)),
        scope: string(scope, "scope")?,
        // Only token exchanges look at it; elsewhere it is no reason to throw a good token away.
        issued_token_type: string(issued, "issued_token_type").ok().flatten(),
    })
}

/// The refresh token of an answer that need not hold a usable access token.
pub(crate) fn parse_refresh_token(body: &[u8]) -> Option<String> {
    let found = read_object(body, ["refresh_token"]).ok()?;
    match (found.duplicate, found.values) {
        (None, [Some(Raw::Text(token))]) => Some(token).filter(|token| is_refresh_token(token)),
        _ => None,
    }
}

/// Whether it is one, and not a word in its place: IBM Cloud writes `not_supported`. Little else is asked of it, since a
/// token that is thrown away may be the last one.
fn is_refresh_token(text: &str) -> bool {
    let words = ["not_supported", "null", "undefined", "None"];
    !text.trim().is_empty() && !text.contains(char::is_control) && !words.contains(&text)
}

fn string(raw: Option<Raw>, name: &'static str) -> Result<Option<String>, AnswerError> {
    match raw {
        None => Ok(None),
        Some(Raw::Text(text)) => Ok(Some(text)),
        Some(_) => Err(AnswerError::WrongType(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;

    fn read(body: &str) -> Result<Answer, AnswerError> {
        parse_token(body.as_bytes(), Fields::default())
    }

    /// In the notation of the corpus.
    fn outcome(body: &[u8]) -> String {
        match parse_token(body, Fields::default()) {
            Ok(answer) => {
                let seconds = answer.expires_in.map(|lifetime| lifetime.as_secs());
                let seconds = seconds.map_or("None".to_owned(), |seconds| seconds.to_string());
                format!("ok:{}|expires_in={seconds}", answer.access_token)
            }
            Err(AnswerError::Token(reason)) => format!("err:{reason:?}"),
            Err(AnswerError::WrongType(name)) => format!("err:WrongType({name})"),
            Err(AnswerError::DuplicateField(_)) => "err:DuplicateField".to_owned(),
            Err(AnswerError::OAuth(_)) => "err:OAuth".to_owned(),
            Err(reason) => format!("err:{reason:?}"),
        }
    }

    #[test]
    fn every_corpus_row_gets_its_reason() {
        for (id, bytes, expect) in corpus::rows("token_response") {
            let outcome = outcome(&bytes);
            let either = expect == "err:NotJson|err:InvalidExpiry" && expect.split('|').any(|one| one == outcome);
            assert!(either || outcome == expect, "{id}: {outcome}");
        }
    }

    #[test]
    fn a_lifetime_is_a_number_or_a_string_that_is_one() {
        for (value, expect) in [
            ("3600", "3600"),
            ("36e2", "3600"),
            ("0.9", "0"),
            ("-1.5", "0"),
            ("\"0\"", "0"),
            ("\"007\"", "7"),
            ("\"1e3\"", "1000"),
            ("1e300", "315360000"),
            ("-9223372036854775809", "0"),
        ] {
            let body = format!(r#"{{"access_token":"t","expires_in":{value}}}"#);
            assert_eq!(outcome(body.as_bytes()), format!("ok:t|expires_in={expect}"), "{value}");
        }
        for value in [
            "true",
            "[]",
            "[3600]",
            "{}",
            "\"\"",
            "\" 3600\"",
            "\"3600s\"",
            "\"+1\"",
            "\"1_0\"",
            "\"NaN\"",
            "\"inf\"",
            "\"-inf\"",
            "\"1e999\"",
            "\"--1\"",
            "\"-\"",
            "\"1.\"",
            "\".5\"",
            "\"\u{0663}\"",
            "\"null\"",
            "\"3,600\"",
        ] {
            let body = format!(r#"{{"access_token":"t","expires_in":{value}}}"#);
            assert_eq!(outcome(body.as_bytes()), "err:InvalidExpiry", "{value}");
        }
    }

    #[test]
    fn an_absolute_end_is_epoch_seconds_or_a_date() {
        let at = |seconds| Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        for (field, expect) in [
            (r#""expires_on":1795309200"#, at(1_795_309_200)),
            (r#""expires_on":"1795309200""#, at(1_795_309_200)),
            (r#""expiration":1795309200.7"#, at(1_795_309_200)),
            (r#""expires_on":"2026-11-22T01:00:00Z""#, at(1_795_309_200)),
            (r#""expires_on":"2026-11-22T02:00:00+01:00""#, at(1_795_309_200)),
            (r#""expires_on":"2026-11-21t13:30:00.000-11:30""#, at(1_795_309_200)),
            (r#""expires_on":-5"#, at(0)),
            (r#""expires_on":1e300"#, at(253_402_300_799)),
            (r#""expires_on":null,"expiration":7"#, at(7)),
            (r#""expires_in":60,"expires_on":"soon""#, None),
        ] {
            let answer = read(&format!(r#"{{"access_token":"t",{field}}}"#)).ok();
            assert_eq!(answer.unwrap().expires_at, expect, "{field}");
        }
        for value in [
            "true",
            "\"\"",
            "\"soon\"",
            "\"2026-11-22T01:00:00\"",
            "\"2026-11-22T01:00:00+25:00\"",
            "\"2026-11-22T01:00:00+01:60\"",
            "\"2026-11-22T01:00:00+01\"",
            "\"2026-11-22T01:00:00.Z\"",
            "\"2026-11-22T01:00Z\"",
            "\"2026-11-22T01:00:00Z[UTC]\"",
            "\"+002026-11-22T01:00:00Z\"",
            "\"2026-02-30T01:00:00Z\"",
            "\"2026-11-22T01:00:00é\"",
            "{}",
        ] {
            let body = format!(r#"{{"access_token":"t","expires_on":{value}}}"#);
            assert_eq!(outcome(body.as_bytes()), "err:InvalidExpiry", "{value}");
        }
    }

    #[test]
    fn every_field_arrives_where_it_belongs() {
        let answer = read(
            r#"{"access_token":"a\u002fb","token_type":"BEARER","expires_in":60,"refresh_in":"30",
                "refresh_token":"r","scope":"x y","id_token":{"deep":[[1]]}}"#,
        );
        let answer = answer.ok().unwrap();
        assert_eq!(answer.access_token, "a/b");
        assert_eq!(answer.expires_in, Some(Duration::from_secs(60)));
        assert_eq!(answer.expires_at, None);
        assert_eq!(answer.refresh_in, Some(Duration::from_secs(30)));
        assert_eq!(answer.refresh_token.as_deref(), Some("r"));
        assert_eq!(answer.scope.as_deref(), Some("x y"));

        let sparse = r#"{"access_token":"t","token_type":"","refresh_in":"soon","scope":null,
            "refresh_token":"not_supported","error":null}"#;
        let answer = read(sparse).ok().unwrap();
        assert_eq!(answer.refresh_in, None);
        assert_eq!(answer.refresh_token, None);
        assert_eq!(answer.scope, None);
    }

    #[test]
    fn a_system_may_name_the_token_otherwise() {
        let fields = Fields { access_token: "accessToken", token_type: "tokenType", ..Fields::default() };
        let reason = |body: &str| parse_token(body.as_bytes(), fields).err();
        let answer = parse_token(br#"{"accessToken":"t","tokenType":"Bearer"}"#, fields);
        assert_eq!(answer.ok().unwrap().access_token, "t");
        assert_eq!(reason(r#"{"access_token":"t"}"#), Some(AnswerError::MissingAccessToken));
        assert_eq!(reason(r#"{"accessToken":1}"#), Some(AnswerError::WrongType("accessToken")));
    }

    #[test]
    fn what_decides_is_read_strictly() {
        let deep = format!(r#"{{"access_token":"t","error":"x","y":{}{}}}"#, "[".repeat(5000), "]".repeat(5000));
        for (body, expect) in [
            ("", "err:NotJson"),
            ("null", "err:NotObject"),
            ("\"t\"", "err:NotObject"),
            ("-1", "err:NotObject"),
            ("1.5", "err:NotObject"),
            ("[1,2", "err:NotJson"),
            ("[] {}", "err:NotJson"),
            ("{}", "err:MissingAccessToken"),
            (r#"{"access_token":null}"#, "err:MissingAccessToken"),
            (r#"{"access_token":null,"access_token":"t"}"#, "err:DuplicateField"),
            (r#"{"access_token":"t","access\u005ftoken":"u"}"#, "err:DuplicateField"),
            (r#"{"access_token":"t","expires_in":1,"expires_in":1}"#, "err:DuplicateField"),
            (r#"{"access_token":1,"access_token":"t""#, "err:NotJson"),
            (r#"{"access_token":"\ud800"}"#, "err:NotJson"),
            (r#"{"access_token":" t"}"#, "err:InvalidTokenChar"),
            (r#"{"access_token":"Bearer t"}"#, "err:InvalidTokenChar"),
            (r#"{"access_token":["t"]}"#, "err:WrongType(access_token)"),
            (r#"{"access_token":false}"#, "err:WrongType(access_token)"),
            (r#"{"access_token":"t","token_type":1}"#, "err:WrongType(token_type)"),
            (r#"{"access_token":"t","token_type":"Bearer "}"#, "err:UnsupportedTokenType"),
            (r#"{"access_token":"t","scope":["a"]}"#, "err:WrongType(scope)"),
            (r#"{"access_token":"t","error":"x"}"#, "err:OAuth"),
            (r#"{"access_token":"t","error":{}}"#, "err:OAuth"),
            (r#"{"access_token":"t","error":""}"#, "ok:t|expires_in=None"),
            (r#"{"access_token":"t","error":false}"#, "ok:t|expires_in=None"),
            (r#"{"access_token":"t","errorCode":"x"}"#, "ok:t|expires_in=None"),
            (r#"{"errorCode":"x"}"#, "err:OAuth"),
            (r#"{"access_token":"t","error":"x","y":1e999}"#, "err:OAuth"),
            (&deep, "err:OAuth"),
        ] {
            assert_eq!(outcome(body.as_bytes()), expect, "{body:.80}");
        }
        let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(64 * 1024 + 1));
        assert_eq!(outcome(long.as_bytes()), "err:TooLong");
    }

    #[test]
    fn messages_repeat_nothing_and_stay_short() {
        for (id, bytes, expect) in corpus::rows("token_response") {
            if let Err(reason) = parse_token(&bytes, Fields::default()) {
                let names = ["access_token", "expires_in", "token_type", "refresh_token"];
                let input = names
                    .iter()
                    .fold(String::from_utf8_lossy(&bytes).into_owned(), |text, name| text.replace(name, ""));
                corpus::check_message(&id, &reason.to_string(), input.as_bytes(), &expect);
            }
        }
        let secret = "S3cr3tS3cr3t";
        for body in [
            format!(r#"{{"access_token":"{secret} "}}"#),
            format!(r#"{{"access_token":"t","expires_in":"{secret}"}}"#),
            format!(r#"{{"access_token":"t","token_type":"{secret}"}}"#),
            format!(r#"{{"error":"{secret}","error_description":"{secret}"}}"#),
            format!(r#"{{"access_token":"{secret}"#),
        ] {
            let reason = read(&body).err().unwrap();
            assert!(!format!("{reason} {reason:?}").contains("S3cr3t"), "{reason:?}");
        }
    }

    #[test]
    fn no_input_makes_it_panic() {
        let probe = |body: &[u8]| {
            if let Ok(answer) = parse_token(body, Fields::default()) {
                assert_eq!(token_value::check(&answer.access_token), Ok(()));
            }
            parse_error(body);
        };
        corpus::probe_all("token_response", b"\"{}[]:,0-e.\\n", probe);
    }
}
