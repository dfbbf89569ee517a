//! Reading a JWT's times and claims without verifying it (RFC 7519 section 4.1): a client has no business trusting them, but they
//! say when to ask again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The times a JWT states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) exp: SystemTime,
    pub(crate) iat: Option<SystemTime>,
}

/// The times of a token if it is a JWT with an `exp`, else `None`.
pub(crate) fn times(token: &str) -> Option<Times> {
    let claims = claims(token)?;
    let time = |name| claims.get(name).and_then(serde_json::Value::as_f64).and_then(epoch);
    Some(Times { exp: time("exp")?, iat: time("iat") })
}

/// The claims of a token if it is a JWT, else `None`. Of a claim that is given twice the last one counts.
pub(crate) fn claims(token: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
    let mut parts = token.split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// Seconds since the epoch, negative ones as the epoch itself. Beyond the year 2200 is as good as 2200.
fn epoch(seconds: f64) -> Option<SystemTime> {
    const YEAR_2200: f64 = 7_258_118_400.0;
    let seconds = seconds.is_finite().then(|| seconds.clamp(0.0, YEAR_2200))?;
    UNIX_EPOCH.checked_add(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_jwt_states_its_times() {
        let expected = Times { exp: at(2000), iat: Some(at(1000)) };
        assert_eq!(times(&jwt(r#"{"exp":2000,"iat":1000}"#)), Some(expected));
        assert_eq!(times(&jwt(r#"{"exp":2000.0}"#)), Some(Times { exp: at(2000), iat: None }));
        assert_eq!(times(&jwt(r#"{"exp":-5}"#)), Some(Times { exp: at(0), iat: None }));
        assert_eq!(times(&jwt(r#"{"exp":1e300}"#)).map(|times| times.exp), Some(at(7_258_118_400)));
    }

    #[test]
    fn what_is_no_jwt_states_nothing() {
        for token in ["", "a", "a.b", "a.b.c", "a.b.c.d", "..", "e30.e30.e30", "e30.W10.e30"] {
            assert_eq!(times(token), None, "{token}");
        }
        assert_eq!(times(&jwt(r#"{"exp":"2000"}"#)), None);
        assert_eq!(times(&format!("e30.{}=.s", URL_SAFE_NO_PAD.encode(r#"{"exp":2000}"#))), None);
    }
}
