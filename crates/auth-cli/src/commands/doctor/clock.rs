//! Whether this machine's clock agrees with the servers'.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{AGE, DATE};

use super::check::Check;

pub(super) const ID: &str = "clock";

/// Seconds that do no harm: servers allow about as much, and a token's last seconds are nobody's plan.
const FINE: u64 = 30;

/// Seconds from which signed assertions and fresh tokens are refused: the usual leeway is five minutes.
const TOO_MUCH: u64 = 300;

/// What a server's answer says of the time.
pub(super) struct Answer {
    pub(super) host: String,
    /// How many seconds this machine's clock is ahead of the server's.
    pub(super) ahead: i64,
}

/// How many seconds our clock is ahead of the server's, by an answer's `Date` (RFC 9110 section 6.6.1), to a request that was
/// `sent` and whose answer was `received` then by our clock; negative if ours is behind, 0 if the difference is no longer than
/// the request took. `None` if the answer does not say the server's time, or comes from a cache (`Age`).
pub(super) fn ahead(headers: &HeaderMap, sent: SystemTime, received: SystemTime) -> Option<i64> {
    if headers.contains_key(AGE) {
        return None;
    }
    // The date is cut to whole seconds: the server's clock was in the second that begins there.
    let begins = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    let ends = begins.checked_add(Duration::from_secs(1))?;
    let seconds = |difference: Duration| i64::try_from(difference.as_secs()).ok();
    match (sent.duration_since(ends), begins.duration_since(received)) {
        (Ok(ahead), _) => seconds(ahead),
        (_, Ok(behind)) => Some(-seconds(behind)?),
        _ => Some(0),
    }
}

/// The one that disagrees most counts.
pub(super) fn check<'a>(answers: impl Iterator<Item = &'a Answer>) -> Check {
    let mut answers: Vec<&Answer> = answers.collect();
    answers.sort_by_key(|answer| std::cmp::Reverse(answer.ahead.unsigned_abs()));
    let Some(worst) = answers.first() else {
        return Check::skipped(ID, "no server has said what time it is");
    };
    let seconds = worst.ahead.unsigned_abs();
    let difference = humantime::format_duration(Duration::from_secs(seconds));
    let direction = if worst.ahead > 0 { "ahead of" } else { "behind" };
    let summary = match seconds {
        0 => format!("this machine's clock agrees with that of {}", worst.host),
        _ => format!("this machine's clock is {difference} {direction} that of {}", worst.host),
    };
    let fix = "set the clock, and let the system keep it (NTP)";
    match seconds {
        0..FINE => Check::ok(ID, summary),
        FINE..TOO_MUCH => Check::warn(ID, summary, fix),
        _ => Check::fail(ID, summary, fix),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_ahead_or_behind_only_beyond_what_the_request_took() {
        // 1994-11-06 08:49:37.5 UTC.
        let by = |seconds: i64| {
            SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_u64.saturating_add_signed(seconds) * 1000 + 500)
        };
        let mut headers = HeaderMap::new();
        assert_eq!(ahead(&headers, by(0), by(0)), None);
        headers.insert(DATE, http::HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
        for (sent, received, expect) in
            [(0, 0, 0), (-5, 3, 0), (0, 3, 0), (-9, -1, 0), (-9, -5, -4), (5, 6, 4), (3600, 3601, 3599)]
        {
            assert_eq!(ahead(&headers, by(sent), by(received)), Some(expect), "{sent} {received}");
        }
        headers.insert(AGE, http::HeaderValue::from_static("60"));
        assert_eq!(ahead(&headers, by(0), by(0)), None);
    }

    #[test]
    fn the_clock_that_disagrees_most_is_told_with_its_direction() {
        let answer = |host: &str, ahead| Answer { host: host.to_owned(), ahead };
        for (ahead, status, words) in [
            (0, "ok", "agrees with that of b"),
            (-29, "ok", "29s behind that of a"),
            (30, "warn", "30s ahead of that of a"),
            (-299, "warn", "4m 59s behind that of a"),
            (300, "fail", "5m ahead of that of a"),
        ] {
            let check = check([answer("b", 0), answer("a", ahead)].iter());
            assert_eq!(check.status.name(), status, "{ahead}");
            assert!(check.summary.ends_with(words), "{}", check.summary);
        }
        assert_eq!(check([].iter()).status.name(), "skipped");
    }
}
