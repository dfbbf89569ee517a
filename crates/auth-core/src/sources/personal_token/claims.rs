//! What a JWT says of itself, read without verifying it: whoever gave it is its user, and the server will look closer.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Why a token says nothing of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Not three parts: another kind of token.
    Opaque,
    /// A JWT whose claims are no JSON object in base64url.
    Damaged,
    /// A claim that is given twice, or is of another type than RFC 7519 section 4.1 says.
    Claim(&'static str),
}

/// The claims that decide whether a request with it is in vain.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Claims {
    /// Seconds since 1970.
    pub(super) nbf: Option<i64>,
    /// Seconds since 1970.
    pub(super) exp: Option<i64>,
    /// Whom it is for; empty if it does not say so.
    pub(super) aud: Vec<String>,
}

pub(super) fn read(token: &str) -> Result<Claims, Unreadable> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, _] = parts[..] else { return Err(Unreadable::Opaque) };
    let object = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    // A dotted token of another kind does not begin with an object.
    let is_object = object(header).is_some_and(|bytes| bytes.trim_ascii_start().starts_with(b"{"));
    if !is_object {
        return Err(Unreadable::Opaque);
    }
    let bytes = object(claims).ok_or(Unreadable::Damaged)?;
    let raw: Raw = serde_json::from_slice(&bytes).map_err(|_| Unreadable::Damaged)?;
    if let Some(name) = raw.twice {
        return Err(Unreadable::Claim(name));
    }
    Ok(Claims { nbf: seconds("nbf", raw.nbf)?, exp: seconds("exp", raw.exp)?, aud: audience(raw.aud)? })
}

/// A NumericDate: whole seconds; a fraction is cut off, what is before 1970 is 1970, and what can't be written as a date is
/// the last one that can.
fn seconds(name: &'static str, value: Option<Value>) -> Result<Option<i64>, Unreadable> {
    let Some(value) = value else { return Ok(None) };
    let seconds = value.as_f64().ok_or(Unreadable::Claim(name))?;
    Ok(Some((seconds.max(0.0) as i64).min(jiff::Timestamp::MAX.as_second())))
}

/// One audience, or a list of them.
fn audience(value: Option<Value>) -> Result<Vec<String>, Unreadable> {
    let text = |value| if let Value::String(text) = value { Ok(text) } else { Err(Unreadable::Claim("aud")) };
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(all)) => all.into_iter().map(text).collect(),
        Some(one) => Ok(vec![text(one)?]),
    }
}

#[derive(Default)]
struct Raw {
    nbf: Option<Value>,
    exp: Option<Value>,
    aud: Option<Value>,
    twice: Option<&'static str>,
}

// By hand, because a claim that is given twice must not be a choice (RFC 7519 section 4), and null is none.
impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Raw;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
                let mut raw = Raw::default();
                while let Some(name) = map.next_key::<String>()? {
                    let (name, slot) = match name.as_str() {
                        "nbf" => ("nbf", &mut raw.nbf),
                        "exp" => ("exp", &mut raw.exp),
                        "aud" => ("aud", &mut raw.aud),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    if slot.is_some() {
                        raw.twice = Some(name);
                    }
                    *slot = map.next_value()?;
                }
                Ok(raw)
            }
        }

        deserializer.deserialize_map(Object)
    }
}
