//! How long one acquisition and its present attempt may take, shared by the engine and the source that may ask for more.

use std::time::Duration;

use crate::runtime::{Moment, nanos};
use crate::sync::{AtomicBool, AtomicU64, Ordering};

/// Deadlines are monotonic nanoseconds.
#[derive(Debug)]
pub(crate) struct Limits {
    started: u64,
    flight_deadline: AtomicU64,
    attempt_deadline: AtomicU64,
    single_use: AtomicBool,
}

impl Limits {
    pub(crate) fn new(started: Moment, flight_timeout: Duration) -> Self {
        let deadline = started.monotonic.saturating_add(nanos(flight_timeout));
        Self {
            started: started.monotonic,
            flight_deadline: AtomicU64::new(deadline),
            attempt_deadline: AtomicU64::new(deadline),
            single_use: AtomicBool::new(false),
        }
    }

    pub(crate) fn begin_attempt(&self, now: Moment, timeout: Duration) {
        let deadline = now.monotonic.saturating_add(nanos(timeout)).min(self.flight_deadline());
        self.attempt_deadline.store(deadline, Ordering::SeqCst);
    }

    pub(crate) fn allow(&self, attempt_started: Moment, time: Duration) {
        let deadline = attempt_started.monotonic.saturating_add(nanos(time));
        self.attempt_deadline.fetch_max(deadline, Ordering::SeqCst);
        self.flight_deadline.fetch_max(deadline, Ordering::SeqCst);
    }

    pub(crate) fn attempt_deadline(&self) -> u64 {
        self.attempt_deadline.load(Ordering::SeqCst)
    }

    pub(crate) fn flight_deadline(&self) -> u64 {
        self.flight_deadline.load(Ordering::SeqCst)
    }

    /// How long the whole acquisition may take by now, in nanoseconds.
    pub(crate) fn flight_limit(&self) -> u64 {
        self.flight_deadline().saturating_sub(self.started)
    }

    pub(crate) fn mark_single_use(&self) {
        self.single_use.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_single_use(&self) -> bool {
        self.single_use.load(Ordering::SeqCst)
    }
}
