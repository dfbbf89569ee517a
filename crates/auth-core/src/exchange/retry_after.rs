//! How long a server asks us to stay away: the `Retry-After` header, RFC 9110 section 10.2.3.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{AGE, DATE, RETRY_AFTER};

/// The longest pause a server can impose. Longer ones are cut, so that a mistaken value does not silence a
/// client for good.
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

/// The pause that the headers of an answer ask for. `now` is our wall clock, for answers that do not say the server's time.
pub(crate) fn of(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    parse(headers.get(RETRY_AFTER)?.as_bytes(), server_time(headers).unwrap_or(now))
}

/// The server's clock, unless a cache stands between (RFC 9110 section 6.6.1, RFC 9111 section 5.1).
pub(crate) fn server_time(headers: &HeaderMap) -> Option<SystemTime> {
    if headers.contains_key(AGE) {
        return None;
    }
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

/// The pause a `Retry-After` value asks for, in both of its forms, and at most [`MAX_RETRY_AFTER`].
///
/// `now` is the wall clock, which a date is compared with. `None` for anything that is neither whole
/// seconds nor an HTTP date still to come: a value that can't be read imposes nothing.
pub(crate) fn parse(value: &[u8], now: SystemTime) -> Option<Duration> {
    let text = str::from_utf8(value).ok()?.trim_matches([' ', '\t']);
    if text.bytes().all(|byte| byte.is_ascii_digit()) { delay_seconds(text) } else { until_date(text, now) }
}

fn delay_seconds(digits: &str) -> Option<Duration> {
    if digits.is_empty() {
        return None;
    }
    // Digits alone can only fail by being too many, which is longer than any limit.
    let seconds = digits.parse().unwrap_or(u64::MAX);
    Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}

fn until_date(text: &str, now: SystemTime) -> Option<Duration> {
    // httpdate trims line breaks and form feeds, which have no place in a header value, and takes any byte
    // for the space between an RFC 850 date and its time: the shortest form has three spaces.
    if text.contains(|c: char| c.is_ascii_control()) || text.matches(' ').count() < 3 {
        return None;
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let pause = date.duration_since(now).ok()?;
    (!pause.is_zero()).then(|| pause.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;

    /// 2026-11-22T00:00:00Z, as the corpus says.
    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_305_600)
    }

    fn outcome(bytes: &[u8]) -> String {
        parse(bytes, now()).map_or("none".to_owned(), |pause| format!("ok:{}", pause.as_secs()))
    }

    #[test]
    fn every_corpus_row_is_read_as_it_says() {
        for (id, bytes, expect) in corpus::rows("retry_after") {
            assert_eq!(outcome(&bytes), expect, "{id}");
        }
    }

    #[test]
    fn only_seconds_and_http_dates_count() {
        for (input, expect) in [
            ("007", "ok:7"),
            ("60 \t", "ok:60"),
            ("3601", "ok:3600"),
            ("18446744073709551616", "ok:3600"),
            ("", "none"),
            ("+60", "none"),
            ("-60", "none"),
            ("60s", "none"),
            ("0x3c", "none"),
            ("60\n", "none"),
            ("60;", "none"),
            ("\u{a0}60", "none"),
            ("NaN", "none"),
            ("Sun, 22 Nov 2026 00:01:00 GMT", "ok:60"),
            (" Sun, 22 Nov 2026 00:01:00 GMT ", "ok:60"),
            ("Sun, 22 Nov 2026 00:01:00 GMT\n", "none"),
            ("\u{c}Sun, 22 Nov 2026 00:01:00 GMT", "none"),
            ("Sunday, 22-Nov-26x00:01:00 GMT", "none"),
            ("Sun Nov 22 00:01:00 2026", "ok:60"),
            ("Tue Dec  1 00:00:00 2026", "ok:3600"),
            ("Fri, 31 Dec 9999 23:59:59 GMT", "ok:3600"),
            ("Sat, 21 Nov 2026 23:59:59 GMT", "none"),
            ("Sun, 22 Nov 2026 00:00:60 GMT", "none"),
            ("Sun, 22 Nov 2026 24:00:00 GMT", "none"),
            ("Sun, 22 Nov 2026 00:01:00 +0000", "none"),
            ("Sun, 22 Nov 2026 01:01:00 CET", "none"),
            ("Mon, 22 Nov 2026 00:01:00 GMT", "none"),
            ("Sun, 0 Nov 2026 00:01:00 GMT", "none"),
            ("2026-11-22T00:01:00Z", "none"),
        ] {
            assert_eq!(outcome(input.as_bytes()), expect, "{input:?}");
        }
    }

    #[test]
    fn no_input_makes_it_panic_and_no_pause_exceeds_the_limit() {
        let probe = |bytes: &[u8]| {
            assert!(parse(bytes, now()).is_none_or(|pause| pause <= MAX_RETRY_AFTER));
        };
        corpus::probe_all("retry_after", b"0123456789 ,:GMT", probe);
    }
}
