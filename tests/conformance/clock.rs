//! The time of a case: seconds since it began, on each clock.

use std::time::{Duration, SystemTime};

use auth_core::runtime::FakeRuntime;
use auth_core::runtime::Runtime as _;

/// The virtual clocks, and where they stood when the case began.
#[derive(Clone)]
pub(crate) struct Clock {
    runtime: FakeRuntime,
    monotonic: Duration,
    wall: SystemTime,
}

impl Clock {
    pub(crate) fn new(no_boot_clock: bool) -> Self {
        let runtime = if no_boot_clock { FakeRuntime::new().without_boot_clock() } else { FakeRuntime::new() };
        let now = runtime.now();
        Self { runtime, monotonic: now.monotonic(), wall: now.wall() }
    }

    pub(crate) fn runtime(&self) -> &FakeRuntime {
        &self.runtime
    }

    /// The time of the case, on the monotonic clock.
    pub(crate) fn now(&self) -> f64 {
        self.elapsed().as_secs_f64()
    }

    fn elapsed(&self) -> Duration {
        self.runtime.now().monotonic() - self.monotonic
    }

    /// Lets time pass until `time`; says no if that lies in the past.
    pub(crate) fn advance_to(&self, time: f64) -> bool {
        let left = Duration::from_secs_f64(time).checked_sub(self.elapsed());
        left.is_some_and(|left| {
            self.runtime.advance(left);
            true
        })
    }

    /// The moment on the wall clock that lies `time` after the beginning, as it was set then.
    pub(crate) fn wall_at(&self, time: f64) -> SystemTime {
        let distance = Duration::from_secs_f64(time.abs());
        if time < 0.0 { self.wall - distance } else { self.wall + distance }
    }

    /// The time of the case at a moment on the wall clock.
    pub(crate) fn time_of(&self, moment: SystemTime) -> f64 {
        match moment.duration_since(self.wall) {
            Ok(after) => after.as_secs_f64(),
            Err(before) => -before.duration().as_secs_f64(),
        }
    }

    /// Passes after `seconds`; at once if that is 0.
    pub(crate) async fn sleep(&self, seconds: f64) {
        if seconds > 0.0 {
            let deadline = self.runtime.now().monotonic() + Duration::from_secs_f64(seconds);
            self.runtime.sleep_until(deadline).await;
        }
    }
}

/// Whether two times of a case are the same, but for the rounding of fractions.
pub(crate) fn same_time(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}
