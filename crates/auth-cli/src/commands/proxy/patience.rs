//! How long nothing may happen before a request is given up: an upload may take hours, as long as it moves.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// When a request last got on.
#[derive(Debug)]
pub(super) struct Progress {
    begun: Instant,
    /// Milliseconds since then.
    last: AtomicU64,
    /// Whether the caller's body came to a bad end.
    broken: AtomicBool,
}

impl Progress {
    pub(super) fn begin() -> Self {
        Self { begun: Instant::now(), last: AtomicU64::new(0), broken: AtomicBool::new(false) }
    }

    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    /// A part of the body was taken, or its end.
    pub(super) fn note(&self) {
        let passed = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(passed, Ordering::Relaxed);
    }

    /// There is no body to be had.
    pub(super) fn break_off(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    fn last(&self) -> Instant {
        self.begun + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }

    /// What `future` brings; `None` if for so long neither it was there nor anything moved.
    pub(super) async fn wait<F: Future>(&self, limit: Duration, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        loop {
            let last = self.last();
            match timeout_at(last + limit, &mut future).await {
                Ok(output) => return Some(output),
                Err(_) if self.last() > last => {}
                Err(_) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_moves_is_waited_for_and_what_stands_still_is_not() {
        let (progress, limit) = (Progress::begin(), Duration::from_secs(10));
        let moving = async {
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_secs(9)).await;
                progress.note();
            }
        };
        assert_eq!(progress.wait(limit, moving).await, Some(()));
        let stood_still = Instant::now();
        assert_eq!(progress.wait(limit, std::future::pending::<()>()).await, None);
        assert_eq!(stood_still.elapsed().as_secs(), 10);
    }
}
