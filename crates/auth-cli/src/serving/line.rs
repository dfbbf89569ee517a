//! Whether anybody who may uses a connection. Who may not must not hold one: all could be held, and nobody else get in.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// A connection, as those see it who answer its requests.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Where the caller has connected to.
    pub(crate) local: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    /// Never held across an await.
    usage: Mutex<Usage>,
    changed: Notify,
}

#[derive(Debug)]
struct Usage {
    open: usize,
    /// When the last admitted request ended; before that, when the connection began.
    since: Instant,
    served: bool,
}

/// A request that was admitted, until its answer has passed.
#[derive(Debug)]
pub(crate) struct InUse {
    state: Arc<State>,
    counts: bool,
}

impl Line {
    pub(crate) fn new(local: SocketAddr) -> Self {
        let usage = Mutex::new(Usage { open: 0, since: Instant::now(), served: false });
        Self { local, state: Arc::new(State { usage, changed: Notify::new() }) }
    }

    /// The caller may send this request.
    pub(crate) fn admit(&self) -> InUse {
        self.state.change(|usage| usage.open += 1);
        InUse { state: Arc::clone(&self.state), counts: true }
    }

    /// Waits until no admitted request was under way for so long. Whether there ever was one.
    pub(super) async fn unused(&self, limit: Duration) -> bool {
        loop {
            let (open, since, served) = self.state.change(|usage| (usage.open, usage.since, usage.served));
            let end = since + limit;
            if open > 0 {
                self.state.changed.notified().await;
            } else if Instant::now() >= end {
                return served;
            } else {
                tokio::time::sleep_until(end).await;
            }
        }
    }
}

impl InUse {
    /// It was not admitted after all.
    pub(crate) fn refused(mut self) {
        self.counts = false;
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.state.change(|usage| {
            usage.open -= 1;
            if self.counts {
                (usage.since, usage.served) = (Instant::now(), true);
            }
        });
        self.state.changed.notify_one();
    }
}

impl State {
    fn change<T>(&self, change: impl FnOnce(&mut Usage) -> T) -> T {
        change(&mut self.usage.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
