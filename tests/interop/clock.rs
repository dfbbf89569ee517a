//! A machine whose clock may be an hour behind, and which is in a hurry.

use std::time::Duration;

use auth_core::runtime::{Abort, Moment, Runtime, Sleep, Task, TokioRuntime};

/// The real clocks, without the pauses between the tries of one acquisition, which are all jitter.
pub(crate) struct Clock {
    pub(crate) behind: Duration,
}

impl Clock {
    pub(crate) const RIGHT: Self = Self { behind: Duration::ZERO };
    pub(crate) const AN_HOUR_BEHIND: Self = Self { behind: Duration::from_secs(3600) };
}

impl Runtime for Clock {
    fn now(&self) -> Moment {
        let now = TokioRuntime.now();
        let moment = Moment::new(now.monotonic(), now.wall() - self.behind);
        now.boot().map_or(moment, |boot| moment.with_boot(boot))
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        TokioRuntime.sleep_until(deadline)
    }

    fn can_spawn(&self) -> bool {
        TokioRuntime.can_spawn()
    }

    fn spawn(&self, task: Task) -> Result<Abort, Task> {
        TokioRuntime.spawn(task)
    }

    fn random(&self) -> f64 {
        0.0
    }
}
