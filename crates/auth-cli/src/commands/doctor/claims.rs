//! What a JWT says of itself.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::check::Check;
use super::fetch::{self, Fetched};
use crate::terminal;

pub(super) const ID: &str = "token-claims";

/// Seconds by which clocks may disagree before a server says no, roughly.
const LEEWAY: i64 = 60;

/// The longest value that is shown.
const LONGEST: usize = 200;

/// Whether its times make sense by this machine's clock. Decoded, not verified.
pub(super) fn check(fetched: &Fetched) -> Check {
    if fetched.is_none_needed {
        return Check::skipped(ID, "no credential is needed");
    }
    let Ok(token) = &fetched.token else { return Check::after(ID, fetch::ID) };
    let Some(claims) = token.claims() else {
        return Check::ok(ID, "the token is opaque: only the system can read it");
    };
    // A clock before 1970 is wrong, which another check says.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    of(&claims, i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}

fn of(claims: &Map<String, Value>, now: i64) -> Check {
    // A NumericDate may have a fraction (RFC 7519 section 2).
    let time = |name: &str| claims.get(name).and_then(Value::as_f64).map(|seconds| seconds as i64);
    let details: Vec<String> = ["iss", "sub", "aud", "scope"].iter().filter_map(|name| shown(claims, name)).collect();
    let clock = "compare the clocks: see the check `clock`";
    let check = match (time("exp"), time("iat"), time("nbf")) {
        (Some(exp), _, _) if exp <= now => {
            Check::fail(ID, format!("it expired {} ago", ago(now - exp)), "get a new token, or compare the clocks")
        }
        (_, _, Some(nbf)) if nbf > now + LEEWAY => {
            Check::fail(ID, format!("it is not valid before {} from now", ago(nbf - now)), clock)
        }
        (_, Some(iat), _) if iat > now + LEEWAY => {
            Check::warn(ID, format!("it was issued {} from now", ago(iat - now)), clock)
        }
        (Some(exp), Some(iat), _) => Check::ok(ID, format!("it lives {} in all", ago(exp.saturating_sub(iat)))),
        (Some(exp), None, _) => Check::ok(ID, format!("it expires in {}", ago(exp - now))),
        (None, _, _) => Check::ok(ID, "it does not say when it expires"),
    };
    check.with_details(details)
}

fn ago(seconds: i64) -> String {
    humantime::format_duration(Duration::from_secs(seconds.unsigned_abs())).to_string()
}

fn shown(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let value = match claims.get(name)? {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        _ => return None,
    };
    Some(format!("{name}: {}", terminal::plain(&value, LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_make_no_sense_are_told() {
        for (claims, status, words) in [
            (r#"{"exp":2000,"iat":400}"#, "ok", "it lives 26m 40s in all"),
            (r#"{"exp":2000.5}"#, "ok", "it expires in 16m 40s"),
            (r#"{"sub":"a"}"#, "ok", "does not say when"),
            (r#"{"exp":1000}"#, "fail", "expired 0s ago"),
            (r#"{"exp":2000,"nbf":1061}"#, "fail", "not valid before 1m 1s from now"),
            (r#"{"exp":2000,"iat":1061}"#, "warn", "issued 1m 1s from now"),
            (r#"{"exp":2000,"iat":1060,"nbf":1060}"#, "ok", "in all"),
        ] {
            let check = of(&serde_json::from_str(claims).unwrap(), 1000);
            assert_eq!(check.status.name(), status, "{claims}");
            assert!(check.summary.contains(words), "{}", check.summary);
        }
    }
}
