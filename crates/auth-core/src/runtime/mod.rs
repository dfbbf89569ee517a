//! Time, timers and tasks, as an argument: the real ones by default, a fake one for tests.

mod moment;
mod system;

#[cfg(feature = "test-util")]
mod fake;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

#[cfg(feature = "test-util")]
pub use fake::FakeRuntime;
pub use moment::Moment;
pub(crate) use moment::nanos;
pub use system::TokioRuntime;

pub(crate) use system::coarse_now;

/// A timer that [`Runtime::sleep_until`] makes.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send + Sync + 'static>>;

/// A task that [`Runtime::spawn`] runs: one acquisition of a token.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send + 'static>>;

/// Where the engine gets the time, its timers and its tasks from.
///
/// Default: [`TokioRuntime`], which uses the tokio runtime of the caller at the moment it is needed. Give another one
/// with [`Builder::runtime`](crate::Builder::runtime) to run on another executor, or to be tested with a
/// fake clock (`FakeRuntime`, feature `test-util`). Correctness never depends on a timer: a late or lost one delays, it
/// does not wedge.
pub trait Runtime: Send + Sync + 'static {
    /// The time on every clock there is.
    fn now(&self) -> Moment;

    /// Completes once the monotonic clock of [`now`](Runtime::now) has reached `deadline`.
    fn sleep_until(&self, deadline: Duration) -> Sleep;

    /// Whether there is something to run tasks on, here and now.
    fn can_spawn(&self) -> bool;

    /// Runs a task to its end, independently of the caller.
    ///
    /// # Errors
    /// The task itself, if there is nothing to run it on.
    fn spawn(&self, task: Task) -> Result<Abort, Task>;

    /// A random number, uniform in `[0, 1)`, for jitter. Not used for anything secret. 0 means no jitter.
    fn random(&self) -> f64;
}

/// Ends a spawned task early: its future is dropped at the next opportunity.
pub struct Abort(Box<dyn FnOnce() + Send + Sync>);

impl Abort {
    /// An abort that calls `abort`, which must not run the task inline.
    pub fn new(abort: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self(Box::new(abort))
    }

    /// Ends the task.
    pub fn abort(self) {
        (self.0)();
    }
}

impl fmt::Debug for Abort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Abort")
    }
}
