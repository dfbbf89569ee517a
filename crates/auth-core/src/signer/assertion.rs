//! What every assertion claims about its time and identity (RFC 7523 section 3).

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

/// How far `iat` lies back, for issuers whose clock is behind ours and that refuse what is not yet issued.
const SKEW: Duration = Duration::from_secs(30);

/// How long an assertion lives unless somebody says otherwise: it is used at once, but clocks differ, and five minutes is the
/// most that some issuers take.
pub(crate) const DEFAULT_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The claims of one assertion, made `now`: `iss`, `sub`, `aud`, `iat` = now - 30 s, `exp` = iat + lifetime, and a `jti` of its
/// own.
pub(crate) fn claims(
    issuer: &str,
    subject: &str,
    audience: &str,
    now: SystemTime,
    lifetime: Duration,
) -> Map<String, Value> {
    let issued = now.duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(SKEW).as_secs();
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), issuer.into());
    claims.insert("sub".to_owned(), subject.into());
    claims.insert("aud".to_owned(), audience.into());
    claims.insert("iat".to_owned(), issued.into());
    claims.insert("exp".to_owned(), issued.saturating_add(lifetime.as_secs()).into());
    claims.insert("jti".to_owned(), unique(now).into());
    claims
}

/// The names that [`claims`] writes.
pub(crate) const CLAIMED: [&str; 6] = ["iss", "sub", "aud", "iat", "exp", "jti"];

/// 128 bits that no other call has had. They need not be secret, so the standard library's hash keys, which come from the
/// system's randomness, will do; process and time tell forked processes apart, which share them.
fn unique(now: SystemTime) -> String {
    let state = RandomState::new();
    let half = |number: u8| state.hash_one((number, std::process::id(), now));
    format!("{:016x}{:016x}", half(0), half(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64, lifetime: u64) -> Map<String, Value> {
        let now = UNIX_EPOCH + Duration::from_secs(seconds);
        claims("i", "s", "a", now, Duration::from_secs(lifetime))
    }

    #[test]
    fn clk_07_an_assertion_is_issued_30_seconds_ago_and_ends_its_lifetime_after_that() {
        let made = at(1_795_305_600, 300);
        assert_eq!(made["iat"], 1_795_305_570);
        assert_eq!(made["exp"], 1_795_305_870);
        assert_eq!(at(10, 5)["iat"], 0, "before 1970 there is no time");
        assert_eq!(made.keys().collect::<Vec<_>>().len(), CLAIMED.len());
        assert!(CLAIMED.iter().all(|name| made.contains_key(*name)));
    }

    #[test]
    fn no_two_assertions_share_their_jti() {
        let ids: std::collections::HashSet<String> = (0..1000).map(|_| at(7, 7)["jti"].to_string()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 32 + 2), "quotes included");
    }
}
