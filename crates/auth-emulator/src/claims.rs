//! The claims of a JWT, read strictly.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::Rejection;

/// The claims of an access token that was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    pub(crate) subject: String,
    pub(crate) jti: String,
    pub(crate) expires_at: Duration,
}

impl Claims {
    /// `sub`: whom the token speaks for.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `jti`: the token's own name, which is what gets revoked.
    pub fn jti(&self) -> &str {
        &self.jti
    }

    /// `exp`, as the time since 1970 (RFC 7519, section 2, "NumericDate").
    pub fn expires_at(&self) -> Duration {
        self.expires_at
    }
}

/// The registered claims (RFC 7519, section 4.1). Every one has to have its type even where its value would not matter:
/// a string in `nbf` must not read as "no `nbf`" (CVE-2026-25537).
pub(crate) struct Registered<'a> {
    pub(crate) exp: Option<Duration>,
    pub(crate) nbf: Option<Duration>,
    pub(crate) iat: Option<Duration>,
    pub(crate) iss: Option<&'a str>,
    pub(crate) sub: Option<&'a str>,
    pub(crate) jti: Option<&'a str>,
    pub(crate) audience: Audience<'a>,
}

/// `aud`: a string or an array of strings (RFC 7519, section 4.1.3).
pub(crate) enum Audience<'a> {
    Missing,
    One(&'a str),
    Several(Vec<&'a str>),
}

impl<'a> Registered<'a> {
    pub(crate) fn of(members: &'a Map<String, Value>) -> Result<Self, Rejection> {
        Ok(Self {
            exp: numeric_date(members, "exp")?,
            nbf: numeric_date(members, "nbf")?,
            iat: numeric_date(members, "iat")?,
            iss: string(members, "iss")?,
            sub: string(members, "sub")?,
            jti: string(members, "jti")?,
            audience: match members.get("aud") {
                None => Audience::Missing,
                Some(Value::String(one)) => Audience::One(one),
                Some(Value::Array(many)) => {
                    let strings = many.iter().map(|one| one.as_str().ok_or(Rejection::Claims));
                    Audience::Several(strings.collect::<Result<_, _>>()?)
                }
                Some(_) => return Err(Rejection::Claims),
            },
        })
    }
}

/// Seconds since 1970, with a fraction if need be. Before 1970 or beyond what a `Duration` holds is no date.
fn numeric_date(members: &Map<String, Value>, name: &str) -> Result<Option<Duration>, Rejection> {
    let Some(value) = members.get(name) else { return Ok(None) };
    let seconds = value.as_f64().ok_or(Rejection::Claims)?;
    Duration::try_from_secs_f64(seconds).map(Some).map_err(|_| Rejection::Claims)
}

fn string<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Rejection> {
    members.get(name).map(|value| value.as_str().ok_or(Rejection::Claims)).transpose()
}
