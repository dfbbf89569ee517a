//! `Retry-After`, `Date` and `Age`, a line each: a pause is never negative, never longer than an hour, and what is no pause is none.

use std::time::{Duration, SystemTime};

use auth_core::adapter;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::stage::november;

const LONGEST: Duration = Duration::from_secs(3600);

pub fn check(data: &[u8]) {
    check_with(data, adapter::retry_after);
}

/// The same of any reader.
pub fn check_with(data: &[u8], read: impl Fn(&HeaderMap, SystemTime) -> Option<Duration>) {
    let mut headers = HeaderMap::new();
    for (name, value) in ["retry-after", "date", "age"].into_iter().zip(data.split(|byte| *byte == b'\n')) {
        let Ok(value) = HeaderValue::from_bytes(value) else { return };
        headers.append(HeaderName::from_static(name), value);
    }
    let now = november();
    let pause = read(&headers, now);
    assert!(pause.is_none_or(|pause| pause <= LONGEST && !pause.is_zero() || is_digits(&headers)), "{pause:?}");
    assert_eq!(pause, read(&headers, now));
    if is_digits(&headers) {
        let text = headers["retry-after"].to_str().expect("digits").trim_matches([' ', '\t']);
        let seconds = text.parse().map_or(LONGEST, Duration::from_secs);
        assert_eq!(pause, Some(seconds.min(LONGEST)), "{text}");
    }
    // A date comes nearer; a number of seconds does not. The server's clock, if it says it, stands in front of ours.
    let later = read(&headers, now + Duration::from_secs(7));
    assert!(later.unwrap_or_default() <= pause.unwrap_or_default(), "{pause:?}, and then {later:?}");
    for now in [SystemTime::UNIX_EPOCH, now, SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40)] {
        read(&headers, now);
    }
}

fn is_digits(headers: &HeaderMap) -> bool {
    let text = headers.get("retry-after").and_then(|value| value.to_str().ok());
    text.map(|text| text.trim_matches([' ', '\t']))
        .is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}
