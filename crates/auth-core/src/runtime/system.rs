//! The system's clocks, and tokio for timers and tasks.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::runtime::{Handle, Id};

use super::{Abort, Moment, Runtime, Sleep, Task};

/// The default [`Runtime`]: the system's clocks, and the tokio runtime that the caller is in when a timer or a task is
/// needed. Needs tokio's time driver (`enable_time`, or `#[tokio::main]`).
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioRuntime;

impl Runtime for TokioRuntime {
    fn now(&self) -> Moment {
        system_now()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        Box::pin(Timer { deadline, runtime: None, sleep: None })
    }

    fn can_spawn(&self) -> bool {
        Handle::try_current().is_ok()
    }

    fn spawn(&self, task: Task) -> Result<Abort, Task> {
        let Ok(runtime) = Handle::try_current() else { return Err(task) };
        let handle = runtime.spawn(task).abort_handle();
        Ok(Abort::new(move || handle.abort()))
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }
}

pin_project! {
    /// A timer of whichever runtime it is polled in. tokio's own panics once its runtime is gone, and whoever holds it may go on
    /// in another. Outside a runtime there are no timers; whoever waits there is woken by the flight, or told that it can't start.
    struct Timer {
        deadline: Duration,
        runtime: Option<Id>,
        #[pin]
        sleep: Option<tokio::time::Sleep>,
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let deadline = *this.deadline;
        let left = || deadline.saturating_sub(system_now().monotonic());
        let Ok(runtime) = Handle::try_current() else {
            return if left().is_zero() { Poll::Ready(()) } else { Poll::Pending };
        };
        if this.runtime.replace(runtime.id()) != Some(runtime.id()) {
            this.sleep.set(Some(tokio::time::sleep(left())));
        }
        this.sleep.as_pin_mut().map_or(Poll::Ready(()), |sleep| sleep.poll(cx))
    }
}

pub(crate) use clocks::coarse_now;
use clocks::system_now;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod clocks {
    use nix::time::{ClockId, clock_gettime};

    use crate::runtime::Moment;

    pub(crate) fn system_now() -> Moment {
        Moment {
            monotonic: read(ClockId::CLOCK_MONOTONIC).unwrap_or(u64::MAX),
            wall: read(ClockId::CLOCK_REALTIME).unwrap_or(u64::MAX),
            boot: read(ClockId::CLOCK_BOOTTIME),
        }
    }

    /// Monotonic and wall time to the last tick (1-10 ms ago), at a fifth of the price of an exact reading.
    pub(crate) fn coarse_now() -> (u64, u64) {
        let read = |clock| read(clock).unwrap_or(u64::MAX); // then every look goes to the exact clocks
        (read(ClockId::CLOCK_MONOTONIC_COARSE), read(ClockId::CLOCK_REALTIME_COARSE))
    }

    /// Nanoseconds on a clock; `None` if the system refuses it. All of these exist on every Linux since 2.6.39.
    #[inline]
    fn read(clock: ClockId) -> Option<u64> {
        let time = clock_gettime(clock).ok()?;
        let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
        let nanos = u64::try_from(time.tv_nsec()).unwrap_or(0);
        Some(seconds.saturating_mul(1_000_000_000).saturating_add(nanos))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod clocks {
    use std::sync::OnceLock;
    use std::time::{Instant, SystemTime};

    use crate::runtime::Moment;

    pub(crate) fn system_now() -> Moment {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        Moment::new(ORIGIN.get_or_init(Instant::now).elapsed(), SystemTime::now())
    }

    #[inline]
    pub(crate) fn coarse_now() -> (u64, u64) {
        let now = system_now();
        (now.monotonic, now.wall)
    }
}
