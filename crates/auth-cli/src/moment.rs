//! Times as others read them.

use std::time::{Duration, SystemTime};

use auth_core::Credential;
use jiff::Timestamp;

/// RFC 3339 in UTC, down to the second, as a token's end is never later than it is.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    // Only a time that no calendar has fails, and such a token has no end.
    Timestamp::from_second(epoch_seconds(time)).map(|time| time.to_string()).unwrap_or_default()
}

/// How long a token is still valid, if its end is known.
pub(crate) fn left(credential: &Credential) -> Option<Duration> {
    let end = credential.expires_at()?;
    Some(end.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Seconds since 1970.
pub(crate) fn epoch_seconds(time: SystemTime) -> i64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
