//! The control: the target of `Retry-After` over a reader that was broken on purpose. A run that does not find it shows that no
//! run would.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

use crate::retry_after;

pub fn check(data: &[u8]) {
    retry_after::check_with(data, without_limit);
}

/// Believes whatever the server says.
fn without_limit(headers: &HeaderMap, _: SystemTime) -> Option<Duration> {
    let seconds = headers.get("retry-after")?.to_str().ok()?.trim_matches([' ', '\t']).parse().ok()?;
    Some(Duration::from_secs(seconds))
}
