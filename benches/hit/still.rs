//! A clock that stands still.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use auth_core::runtime::{Abort, Moment, Runtime, Sleep, Task};

/// Reads its clocks from memory. valgrind turns reading a clock into a system call, which is none outside of it.
#[derive(Debug)]
pub(crate) struct StillRuntime {
    monotonic: AtomicU64,
    wall: AtomicU64,
}

impl Default for StillRuntime {
    fn default() -> Self {
        const HOUR: u64 = 3_600_000_000_000;
        Self { monotonic: AtomicU64::new(HOUR), wall: AtomicU64::new(500_000 * HOUR) }
    }
}

impl Runtime for StillRuntime {
    fn now(&self) -> Moment {
        Moment::from_nanos(self.monotonic.load(Ordering::Relaxed), self.wall.load(Ordering::Relaxed))
    }

    fn sleep_until(&self, _deadline: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }

    fn can_spawn(&self) -> bool {
        false
    }

    fn spawn(&self, task: Task) -> Result<Abort, Task> {
        Err(task)
    }

    fn random(&self) -> f64 {
        0.0
    }
}
