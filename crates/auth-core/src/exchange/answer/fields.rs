//! Named fields of a JSON object, read so that a field given twice is noticed.
//!
//! By hand, because serde_json's map keeps the last of two, and because a secret among the values should
//! not be copied more often than it must.

use std::{
    borrow::Cow,
    fmt, mem,
    time::{Duration, SystemTime},
};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::AnswerError;

/// The longest lifetime believed, 10 years: far enough to mean "for good", near enough to compute with.
const MAX_LIFETIME: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// The last second of the year 9999, past which no date can be written.
pub(crate) const MAX_EPOCH_SECONDS: f64 = 253_402_300_799.0;

/// Under this key serde_json hands over every number, as text, if some crate of the program turns on its
/// `arbitrary_precision` feature.
const NUMBER_KEY: &str = "$serde_json::private::Number";

/// What an object holds under the names asked for, in the order of the names. Null is no value.
pub(crate) struct Found<const N: usize> {
    /// The values; of several under one name, the first.
    pub(crate) values: [Option<Raw>; N],
    /// A name that occurs more than once.
    pub(crate) duplicate: Option<&'static str>,
}

/// Reads the named fields of a JSON object. All of the body has to be one JSON text, in UTF-8.
///
/// # Errors
///
/// `NotJson` or `NotObject`. Errors of serde_json go no further than here, since they quote the body.
pub(crate) fn read_object<const N: usize>(body: &[u8], names: [&'static str; N]) -> Result<Found<N>, AnswerError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // serde_json does not look at the encoding of what it skips.
    let text = str::from_utf8(body).map_err(|_| AnswerError::NotJson)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let found = json.deserialize_any(Object(names));
    let found = found.map_err(|_| AnswerError::NotJson)?;
    json.end().map_err(|_| AnswerError::NotJson)?;
    found.ok_or(AnswerError::NotObject)
}

/// A field's value, as far as any field is understood. Not `Debug`: it may be a token.
pub(crate) enum Raw {
    /// A number; no lifetime or date needs more than 53 bits.
    Number(f64),
    /// A string.
    Text(String),
    /// True or false.
    Bool(bool),
    /// An object's members, without objects and lists inside it.
    Members(Vec<(String, Raw)>),
    /// A list, or something inside a member that is not looked at.
    Other,
}

impl Raw {
    /// A number, or a string that is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => number(text),
            _ => None,
        }
    }

    /// A number of seconds, its fraction cut off, between 0 and 10 years. What is negative is over.
    pub(crate) fn duration(&self) -> Option<Duration> {
        let seconds = self.number()?.clamp(0.0, MAX_LIFETIME.as_secs_f64());
        Some(Duration::from_secs(seconds as u64))
    }

    /// Seconds since 1970, or a date of RFC 3339.
    pub(crate) fn moment(&self) -> Option<SystemTime> {
        match (self.number(), self) {
            (Some(seconds), _) => {
                let seconds = seconds.clamp(0.0, MAX_EPOCH_SECONDS) as u64;
                SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
            }
            (None, Self::Text(date)) => rfc3339(date),
            (None, _) => None,
        }
    }

    /// A member of an object.
    pub(crate) fn member(&self, name: &str) -> Option<&Raw> {
        match self {
            Self::Members(members) => members.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            _ => None,
        }
    }
}

/// A date of RFC 3339 section 5.6, with its zone. The library below reads more: offsets beyond a day, years of six digits,
/// zones in brackets.
fn rfc3339(text: &str) -> Option<SystemTime> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c.to_ascii_uppercase() }).collect();
    let rest = shape.strip_prefix("0000-00-00")?.strip_prefix(['T', ' '])?.strip_prefix("00:00:00")?;
    let zone = match rest.strip_prefix('.') {
        Some(fraction) if fraction.starts_with('0') => fraction.trim_start_matches('0'),
        Some(_) => return None,
        None => rest,
    };
    let offset = text.get(text.len().checked_sub(5)?..)?;
    match zone {
        "Z" => {}
        "+00:00" | "-00:00" if offset < "24" && &offset[3..] < "60" => {}
        _ => return None,
    }
    text.parse::<jiff::Timestamp>().ok().map(Into::into)
}

/// A number in the notation of JSON, leading zeros allowed. Not `inf`, hexadecimal or padded with spaces.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let digit = |c: char| c.is_ascii_digit();
    let plain = |b: u8| b.is_ascii_digit() || b"+-.eE".contains(&b);
    if !digits.starts_with(digit) || !digits.ends_with(digit) || !digits.bytes().all(plain) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Picks the named fields out of an object and skips the rest. `None` for JSON that is no object.
struct Object<const N: usize>([&'static str; N]);

impl<'de, const N: usize> Visitor<'de> for Object<N> {
    type Value = Option<Found<N>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = [const { None }; N];
        let mut seen = [false; N];
        let mut duplicate = None;
        let mut is_number = false;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let Some(at) = self.0.iter().position(|name| *name == key) else {
                map.next_value::<IgnoredAny>()?;
                is_number |= key == NUMBER_KEY;
                continue;
            };
            let value = map.next_value_seed(Field { nested: false })?;
            if mem::replace(&mut seen[at], true) {
                duplicate = Some(self.0[at]);
            } else {
                values[at] = value;
            }
        }
        Ok((!is_number).then_some(Found { values, duplicate }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        IgnoredAny.visit_seq(seq).map(|_| None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Reads the value of a named field or, one level down and no further, of a member of it.
struct Field {
    nested: bool,
}

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
        let mut members = Vec::new();
        let mut as_number = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == NUMBER_KEY {
                as_number = Some(number(&map.next_value::<String>()?));
            } else if self.nested {
                map.next_value::<IgnoredAny>()?;
            } else if let Some(value) = map.next_value_seed(Field { nested: true })? {
                members.push((key, value));
            }
        }
        Ok(Some(match as_number {
            Some(number) => number.map_or(Raw::Other, Raw::Number),
            None if self.nested => Raw::Other,
            None => Raw::Members(members),
        }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        IgnoredAny.visit_seq(seq).map(|_| Some(Raw::Other))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Raw::Bool(value)))
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
