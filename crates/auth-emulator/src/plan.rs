//! What an endpoint will do wrong, and when.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A queue of faults, each for one request, and behind it perhaps one that stands until it is cleared.
///
/// A request takes the oldest of the queue; when that is empty, the standing one; when there is none, all goes well.
pub struct Plan<F> {
    /// Panics at what can't happen here.
    check: fn(&F),
    /// Never held across an await: nothing here awaits.
    faults: Mutex<Faults<F>>,
}

struct Faults<F> {
    queue: VecDeque<F>,
    standing: Option<F>,
}

impl<F: Clone> Plan<F> {
    /// Queues a fault for one request.
    ///
    /// # Panics
    /// In [`Emulator::connection_faults`](crate::Emulator::connection_faults), as it says there.
    pub fn once(&self, fault: impl Into<F>) {
        let fault = self.checked(fault.into());
        self.lock().queue.push_back(fault);
    }

    /// Sets the fault of every request that finds the queue empty, in place of the one before.
    ///
    /// # Panics
    /// As [`once`](Self::once).
    pub fn always(&self, fault: impl Into<F>) {
        let fault = self.checked(fault.into());
        self.lock().standing = Some(fault);
    }

    /// Drops the queue and the standing fault.
    pub fn clear(&self) {
        *self.lock() = Faults { queue: VecDeque::new(), standing: None };
    }

    /// How many queued faults no request has taken yet. A test that queues faults can end by asserting zero.
    pub fn pending(&self) -> usize {
        self.lock().queue.len()
    }

    fn checked(&self, fault: F) -> F {
        (self.check)(&fault);
        fault
    }

    pub(crate) fn take(&self) -> Option<F> {
        let mut faults = self.lock();
        faults.queue.pop_front().or_else(|| faults.standing.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Faults<F>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F> Plan<F> {
    /// Of faults that `check` does not panic at.
    pub(crate) fn of(check: fn(&F)) -> Self {
        Self { check, faults: Mutex::new(Faults { queue: VecDeque::new(), standing: None }) }
    }
}

impl<F> Default for Plan<F> {
    fn default() -> Self {
        Self::of(|_| {})
    }
}

impl<F: Clone + fmt::Debug> fmt::Debug for Plan<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults = self.lock();
        f.debug_struct("Plan").field("queue", &faults.queue).field("standing", &faults.standing).finish()
    }
}
