//! One instant, read on every clock that can tell something about a token's age.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// One instant on two or three clocks.
///
/// Monotonic time stops while a machine sleeps; wall time is stepped by people and NTP; boot time, where a system has it,
/// does neither. A token's remaining life is the minimum of what the first two say, checked against the third.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub(crate) monotonic: u64,
    pub(crate) wall: u64,
    pub(crate) boot: Option<u64>,
}

impl Moment {
    /// A moment from a monotonic reading (since any fixed origin) and the wall clock.
    pub fn new(monotonic: Duration, wall: SystemTime) -> Self {
        Self {
            monotonic: nanos(monotonic),
            wall: nanos(wall.duration_since(UNIX_EPOCH).unwrap_or_default()),
            boot: None,
        }
    }

    /// A moment from both readings in nanoseconds, the wall clock's since 1970: for clocks that count so, without a detour.
    pub fn from_nanos(monotonic: u64, wall: u64) -> Self {
        Self { monotonic, wall, boot: None }
    }

    /// Adds the boot clock: monotonic, but counting suspended time too (`CLOCK_BOOTTIME`).
    #[must_use]
    pub fn with_boot(mut self, boot: Duration) -> Self {
        self.boot = Some(nanos(boot));
        self
    }

    /// The monotonic reading.
    pub fn monotonic(&self) -> Duration {
        Duration::from_nanos(self.monotonic)
    }

    /// The boot clock, where there is one. A [`Runtime`](super::Runtime) that changes another clock of a moment hands this one on.
    pub fn boot(&self) -> Option<Duration> {
        self.boot.map(Duration::from_nanos)
    }

    /// The wall clock.
    pub fn wall(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.wall)
    }

    /// The clock that pauses between attempts are measured on: it never jumps, and counts sleep where it can.
    pub(crate) fn steady(&self) -> u64 {
        self.boot.unwrap_or(self.monotonic)
    }
}

/// Nanoseconds, saturating after 584 years.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_clock_is_read_as_it_was_given() {
        let (monotonic, boot) = (Duration::from_millis(1_500), Duration::from_millis(9_750));
        let wall = UNIX_EPOCH + Duration::from_secs(1_795_305_600);
        let moment = Moment::new(monotonic, wall);
        assert_eq!((moment.monotonic(), moment.wall(), moment.boot()), (monotonic, wall, None));
        assert_eq!(moment.with_boot(boot).boot(), Some(boot));
    }
}
