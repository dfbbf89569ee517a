//! A caller that waits for a flight, with a deadline of its own.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::Cache;
use super::flight::{Flight, Landing};
use crate::runtime::{Sleep, nanos};
use crate::{Error, ErrorKind};

/// A waiter without a limit of its own outlasts the flight's by this much, so that it gets the flight's own error.
const GRACE: u64 = 1_000_000_000;

pub(crate) struct Waiter {
    cache: Arc<Cache>,
    flight: Arc<Flight>,
    place: Option<usize>,
    /// Monotonic nanoseconds, or `None` for as long as the flight may take.
    deadline: Option<u64>,
    /// The setting that says so.
    setting: &'static str,
    timer: Option<Sleep>,
}

impl Waiter {
    pub(crate) fn new(cache: Arc<Cache>, flight: Arc<Flight>, limit: Option<Duration>, setting: &'static str) -> Self {
        let deadline = limit.map(|limit| cache.runtime().now().monotonic.saturating_add(nanos(limit)));
        Self { cache, flight, place: None, deadline, setting, timer: None }
    }

    pub(crate) fn cache(&self) -> &Arc<Cache> {
        &self.cache
    }

    fn deadline(&self) -> u64 {
        self.deadline.unwrap_or_else(|| self.flight.limits.flight_deadline().saturating_add(GRACE))
    }
}

impl Future for Waiter {
    type Output = Landing;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Landing> {
        let this = &mut *self;
        if let Poll::Ready(landing) = this.flight.poll(&mut this.place, cx) {
            return Poll::Ready(landing);
        }
        loop {
            let deadline = this.deadline();
            let runtime = Arc::clone(this.cache.runtime());
            let timer = this.timer.get_or_insert_with(|| runtime.sleep_until(Duration::from_nanos(deadline)));
            std::task::ready!(timer.as_mut().poll(cx));
            this.timer = None;
            if let Some(landing) = this.flight.landing() {
                return Poll::Ready(landing);
            }
            // The source may have been granted more time meanwhile.
            if runtime.now().monotonic >= this.deadline() {
                let message = format!("no token in time ({}); the fetch goes on in the background", this.setting);
                return Poll::Ready(Err(Error::new(ErrorKind::Timeout, message)));
            }
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.flight.leave(self.place);
    }
}

impl fmt::Debug for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter").field("flight", &self.flight.id).finish_non_exhaustive()
    }
}
