//! What a token endpoint answers: a token (RFC 6749 section 5.1) or an error (section 5.2).
//!
//! Issuers follow the RFC loosely, so numbers may be strings and optional fields may be null. What decides
//! which token is used for how long is read strictly: a field given twice is an error, not a choice.

use std::{
    borrow::Cow,
    collections::HashSet,
    fmt, mem,
    time::{Duration, SystemTime},
};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use thiserror::Error;

use crate::token_value::{self, TokenValueError};

/// The longest lifetime believed, 10 years: far enough to mean "for good", near enough to compute with.
const MAX_LIFETIME: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// The last second of the year 9999, past which no date can be written.
const MAX_EPOCH_SECONDS: f64 = 253_402_300_799.0;

/// The names under which a system gives the token and its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fields {
    /// Where the token is; `access_token` by default.
    pub(crate) access_token: &'static str,
    /// Where its type is; `token_type` by default.
    pub(crate) token_type: &'static str,
}

impl Default for Fields {
    /// The names of RFC 6749.
    fn default() -> Self {
        Self { access_token: "access_token", token_type: "token_type" }
    }
}

/// A successful answer. Not `Debug`: it holds secrets, which the caller moves into their own type.
pub(crate) struct Answer {
    /// The token, fit to be sent.
    pub(crate) access_token: String,
    /// Its type as the issuer wrote it; some spelling of `Bearer`.
    pub(crate) token_type: Option<String>,
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
    #[error("the answer's access token is empty, too long or can't go into a header; report it to the issuer")]
    Token(TokenValueError),
    /// An error in place of a token, although the status says success.
    #[error("the issuer answered with an error instead of a token")]
    OAuth(ErrorAnswer),
}

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

/// Reads an answer whose status says success, RFC 6749 section 5.1.
///
/// Null is the same as absent, unknown fields are ignored, and a byte order mark is tolerated.
///
/// # Errors
///
/// The answer is malformed, or brings an error or another kind of token. An answer with a non-empty `error`
/// is an error whatever else it holds; one with a vendor's error fields is, if it holds no token.
pub(crate) fn parse_token(body: &[u8], fields: Fields) -> Result<Answer, AnswerError> {
    let names = [
        fields.access_token,
        fields.token_type,
        "expires_in",
        "expires_on",
        "expiration",
        "refresh_in",
        "refresh_token",
        "scope",
        "error",
    ];
    let [token, token_type, expires_in, on, expiration, refresh_in, refresh_token, scope, error] =
        read_object(body, names)?;
    if (error.is_some() || token.is_none())
        && let Some(answer) = parse_error(body)
    {
        return Err(AnswerError::OAuth(answer));
    }
    let access_token = string(token, fields.access_token)?.ok_or(AnswerError::MissingAccessToken)?;
    token_value::check(&access_token).map_err(AnswerError::Token)?;
    // Some issuers leave the type empty; they mean the usual one.
    let token_type = string(token_type, fields.token_type)?.filter(|kind| !kind.is_empty());
    if token_type.as_ref().is_some_and(|kind| !kind.eq_ignore_ascii_case("Bearer")) {
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
        token_type,
        expires_in,
        expires_at,
        refresh_in: refresh_in.and_then(|raw| raw.duration()),
        // IBM Cloud writes `not_supported` where there is none.
        refresh_token: string(refresh_token, "refresh_token")?
            .filter(|token| !token.is_empty() && token != "not_supported"),
        scope: string(scope, "scope")?,
    })
}

/// Reads the error in an answer: RFC 6749 section 5.2, or the fields that vendors use in its place.
///
/// Those are `errorCode` and `errorMessage` (IBM Cloud), and an `error` object with a `message` and one of
/// `code`, `http_code`, `grpc_code`, `http_status`. `None` if the body is no JSON object with such a field;
/// null, false and the empty string are no error.
pub(crate) fn parse_error(body: &[u8]) -> Option<ErrorAnswer> {
    let body: Value = serde_json::from_str(text(body)?).ok()?;
    let field = |name: &str| {
        body.as_object()?.get(name).filter(|value| !matches!(value, Value::Null | Value::Bool(false)) && *value != "")
    };
    let (error, code, message) = (field("error"), field("errorCode"), field("errorMessage"));
    error.or(code).or(message)?;
    let inner = |name| error.and_then(|error| error.get(name)).and_then(scalar);
    let code = error
        .and_then(scalar)
        .or_else(|| inner("code"))
        .or_else(|| inner("http_code"))
        .or_else(|| inner("grpc_code"))
        .or_else(|| inner("http_status"))
        .or_else(|| code.and_then(scalar));
    let description =
        field("error_description").and_then(scalar).or_else(|| inner("message")).or_else(|| message.and_then(scalar));
    Some(ErrorAnswer {
        code: code.map(|code| visible(&code, 64)),
        description: description.map(|description| visible(&description, 200)),
    })
}

/// A known field's value, as far as any known field can use it. Null is no value.
enum Raw {
    Number(f64),
    Text(String),
    Other,
}

impl Raw {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => number(text),
            Self::Other => None,
        }
    }

    /// A number of seconds, its fraction cut off. What is negative is over.
    fn duration(&self) -> Option<Duration> {
        let seconds = self.number()?.clamp(0.0, MAX_LIFETIME.as_secs_f64());
        Some(Duration::from_secs(seconds as u64))
    }

    /// Seconds since 1970, or a date of RFC 3339.
    fn moment(&self) -> Option<SystemTime> {
        match (self.number(), self) {
            (Some(seconds), _) => {
                let seconds = seconds.clamp(0.0, MAX_EPOCH_SECONDS) as u64;
                SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
            }
            (None, Self::Text(date)) => date.parse::<jiff::Timestamp>().ok().map(Into::into),
            (None, _) => None,
        }
    }
}

/// A number in the notation of JSON, leading zeros allowed. Not `inf`, hexadecimal or padded with spaces.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let digit = |c: char| c.is_ascii_digit();
    let shaped = digits.starts_with(digit) && digits.ends_with(digit);
    let plain = |b: u8| b.is_ascii_digit() || b"+-.eE".contains(&b);
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.filter(|_| shaped && digits.bytes().all(plain))
}

fn string(raw: Option<Raw>, name: &'static str) -> Result<Option<String>, AnswerError> {
    match raw {
        None => Ok(None),
        Some(Raw::Text(text)) => Ok(Some(text)),
        Some(_) => Err(AnswerError::WrongType(name)),
    }
}

/// The JSON text of a body. All of it has to be UTF-8, also where serde_json would not look.
fn text(body: &[u8]) -> Option<&str> {
    str::from_utf8(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)).ok()
}

/// A string that is not empty, or a number as it was written.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
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
fn repeats(text: &str, secret: &str) -> bool {
    let length = secret.len().min(8);
    length > 0 && {
        let pieces: HashSet<_> = text.as_bytes().windows(length).collect();
        let mut secret = secret.as_bytes().windows(length);
        secret.any(|piece| pieces.contains(piece))
    }
}

/// The values of the named fields of a JSON object, in that order.
///
/// Errors of serde_json go no further than here, since they quote the answer.
fn read_object<const N: usize>(body: &[u8], names: [&'static str; N]) -> Result<[Option<Raw>; N], AnswerError> {
    let text = text(body).ok_or(AnswerError::NotJson)?;
    let mut json = serde_json::Deserializer::from_str(text);
    // What is wrong with the fields counts only once all of it has proved to be JSON.
    let found = json.deserialize_any(Named(names));
    let found = found.map_err(|_| AnswerError::NotJson)?;
    json.end().map_err(|_| AnswerError::NotJson)?;
    found
}

/// Under this key serde_json hands over every number, as text, if some crate of the program turns on its
/// `arbitrary_precision` feature.
const NUMBER_KEY: &str = "$serde_json::private::Number";

/// Picks the named fields out of an object and skips the rest.
struct Named<const N: usize>([&'static str; N]);

impl<'de, const N: usize> Visitor<'de> for Named<N> {
    type Value = Result<[Option<Raw>; N], AnswerError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = [const { None }; N];
        let mut seen = [false; N];
        let mut problem = None;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if let Some(at) = self.0.iter().position(|name| *name == key) {
                let value = map.next_value_seed(Field)?;
                if mem::replace(&mut seen[at], true) {
                    problem.get_or_insert(AnswerError::DuplicateField(self.0[at]));
                }
                values[at] = value;
            } else {
                map.next_value::<IgnoredAny>()?;
                if key == NUMBER_KEY {
                    problem = Some(AnswerError::NotObject);
                }
            }
        }
        Ok(problem.map_or(Ok(values), Err))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        IgnoredAny.visit_seq(seq)?;
        Ok(Err(AnswerError::NotObject))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Err(AnswerError::NotObject))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Err(AnswerError::NotObject))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Err(AnswerError::NotObject))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Err(AnswerError::NotObject))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Err(AnswerError::NotObject))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Err(AnswerError::NotObject))
    }
}

/// Reads the value of one named field.
struct Field;

impl<'de> DeserializeSeed<'de> for Field {
    type Value = Option<Raw>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Field {
    type Value = Option<Raw>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut value = Raw::Other;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == NUMBER_KEY {
                value = number(&map.next_value::<String>()?).map_or(Raw::Other, Raw::Number);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Some(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        IgnoredAny.visit_seq(seq)?;
        Ok(Some(Raw::Other))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Some(Raw::Other))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Raw::Number(value as f64)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Raw::Number(value as f64)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Raw::Number(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Some(Raw::Text(value.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}
