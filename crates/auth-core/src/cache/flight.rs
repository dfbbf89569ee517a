//! One acquisition as its callers see it: something to wait for. It belongs to the cache, not to any caller.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::Limits;
use super::machine::FlightId;
use super::snapshot::Snapshot;
use crate::Error;
use crate::sync::Mutex;

/// What a flight brings, to all who wait for it.
pub(crate) type Landing = Result<Arc<Snapshot>, Error>;

#[derive(Debug)]
pub(crate) struct Flight {
    pub(crate) id: FlightId,
    /// The source's epoch when it began.
    pub(crate) epoch: u64,
    pub(crate) limits: Arc<Limits>,
    waiting: Mutex<Waiting>,
}

/// Guards the result and who waits for it; never held while anything is polled, woken or dropped.
#[derive(Debug, Default)]
struct Waiting {
    landing: Option<Landing>,
    wakers: Vec<Option<Waker>>,
    free: Vec<usize>,
}

impl Flight {
    pub(crate) fn new(id: FlightId, epoch: u64, limits: Limits) -> Self {
        Self { id, epoch, limits: Arc::new(limits), waiting: Mutex::new(Waiting::default()) }
    }

    /// Tells everybody. The first result counts.
    pub(crate) fn land(&self, landing: Landing) {
        let wakers = {
            let mut waiting = self.waiting.lock();
            waiting.landing.get_or_insert(landing);
            std::mem::take(&mut waiting.wakers)
        };
        // A waker that panics is its executor's trouble; the others have to hear of it all the same.
        wakers.into_iter().flatten().for_each(|waker| {
            let _panicked = catch_unwind(AssertUnwindSafe(|| waker.wake()));
        });
    }

    pub(crate) fn landing(&self) -> Option<Landing> {
        self.waiting.lock().landing.clone()
    }

    /// The result, or a place in the line. `place` is the caller's, to be given up with [`leave`](Self::leave).
    pub(crate) fn poll(&self, place: &mut Option<usize>, cx: &mut Context<'_>) -> Poll<Landing> {
        let waker = cx.waker().clone();
        let mut waiting = self.waiting.lock();
        if let Some(landing) = &waiting.landing {
            return Poll::Ready(landing.clone());
        }
        let index = *place.get_or_insert_with(|| {
            waiting.free.pop().unwrap_or_else(|| {
                waiting.wakers.push(None);
                waiting.wakers.len() - 1
            })
        });
        let old = waiting.wakers.get_mut(index).and_then(|slot| slot.replace(waker));
        drop(waiting);
        drop(old);
        Poll::Pending
    }

    pub(crate) fn leave(&self, place: Option<usize>) {
        let Some(index) = place else { return };
        let mut waiting = self.waiting.lock();
        let old = waiting.wakers.get_mut(index).and_then(Option::take);
        if waiting.landing.is_none() {
            waiting.free.push(index);
        }
        drop(waiting);
        drop(old);
    }
}
