//! Whether this machine's clock agrees with the servers'.

use std::time::Duration;

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
