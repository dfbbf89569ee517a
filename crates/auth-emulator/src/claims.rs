//! The claims of an access token, read strictly.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::{Rejection, unique_members::UniqueMembers};

/// The claims of a token that was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    subject: String,
    jti: String,
    expires_at: Duration,
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

    /// Reads what a good signature vouches for. Every registered claim has to have its type even where its value would
    /// not matter: a string in `nbf` must not read as "no `nbf`" (CVE-2026-25537).
    pub(crate) fn read(json: &[u8], now: Duration, issuer: &str, audience: &str) -> Result<Self, Rejection> {
        let members = UniqueMembers::parse(json).ok_or(Rejection::Claims)?;
        let exp = numeric_date(&members, "exp")?;
        let nbf = numeric_date(&members, "nbf")?;
        let iat = numeric_date(&members, "iat")?;
        let iss = string(&members, "iss")?;
        let sub = string(&members, "sub")?;
        let jti = string(&members, "jti")?;
        let audiences = audiences(&members)?;

        let expires_at = exp.ok_or(Rejection::MissingClaim("exp"))?;
        if now >= expires_at {
            return Err(Rejection::Expired);
        }
        if [nbf, iat].into_iter().flatten().any(|from| from > now) {
            return Err(Rejection::NotYetValid);
        }
        if !audiences.contains(&audience) {
            return Err(Rejection::Audience);
        }
        if iss != Some(issuer) {
            return Err(Rejection::Issuer);
        }
        let subject = sub.filter(|sub| !sub.is_empty()).ok_or(Rejection::Subject)?.to_owned();
        // Without it the token could never be revoked.
        let jti = jti.ok_or(Rejection::MissingClaim("jti"))?.to_owned();
        Ok(Self { subject, jti, expires_at })
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

/// A string or an array of strings (RFC 7519, section 4.1.3).
fn audiences(members: &Map<String, Value>) -> Result<Vec<&str>, Rejection> {
    match members.get("aud") {
        None => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one]),
        Some(Value::Array(many)) => many.iter().map(|one| one.as_str().ok_or(Rejection::Claims)).collect(),
        Some(_) => Err(Rejection::Claims),
    }
}
