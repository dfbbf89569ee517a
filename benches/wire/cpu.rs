//! CPU time of this process.

use std::time::Duration;

/// User and system time of all threads so far; zero where there is no such call.
#[cfg(unix)]
pub fn used() -> Duration {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;

    let read = |time: TimeVal| {
        let micros = time.tv_sec().saturating_mul(1_000_000).saturating_add(time.tv_usec());
        Duration::from_micros(u64::try_from(micros).unwrap_or_default())
    };
    getrusage(UsageWho::RUSAGE_SELF)
        .map(|usage| read(usage.user_time()) + read(usage.system_time()))
        .unwrap_or_default()
}

#[cfg(not(unix))]
pub fn used() -> Duration {
    Duration::ZERO
}
