//! What is counted. No paths, no names, nothing of anybody's: only how many and how long.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use auth_core::Event;
use http::{Method, StatusCode};

/// Methods that are told apart; all others are `other`.
pub(super) const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"];

/// Upper bounds in seconds of how long an upstream's answer took, from a machine next door to a model that thinks.
pub(super) const BOUNDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Classes of statuses, 1xx to 5xx.
pub(super) const CLASSES: usize = 5;

/// All counts of a proxy.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    pub(super) requests: [[AtomicU64; CLASSES]; METHODS.len()],
    pub(super) in_flight: AtomicI64,
    pub(super) tunnels: AtomicI64,
    pub(super) connections: AtomicI64,
    pub(super) uploaded: AtomicU64,
    pub(super) downloaded: AtomicU64,
    pub(super) cut: AtomicU64,
    pub(super) abandoned: AtomicU64,
    /// The last is for all that took longer.
    pub(super) durations: [AtomicU64; BOUNDS.len() + 1],
    pub(super) micros: AtomicU64,
    /// By the refusal's code. Never held across an await.
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    pub(super) acquired: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) rejected: AtomicU64,
}

impl Numbers {
    pub(super) fn answered(&self, method: &Method, status: StatusCode) {
        let row = METHODS.iter().position(|known| *known == method.as_str()).unwrap_or(METHODS.len() - 1);
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES) - 1;
        self.requests[row][class].fetch_add(1, Relaxed);
    }

    pub(super) fn refused(&self, code: &'static str) {
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    pub(super) fn refusals(&self) -> BTreeMap<&'static str, u64> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long it was until the head of the upstream's answer.
    pub(super) fn took(&self, time: Duration) {
        let seconds = time.as_secs_f64();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        self.durations[bucket].fetch_add(1, Relaxed);
        self.micros.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    pub(super) fn uploaded(&self, bytes: usize) {
        self.uploaded.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn downloaded(&self, bytes: usize) {
        self.downloaded.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn heard(&self, event: &Event) {
        match event {
            Event::Acquired { .. } => self.acquired.fetch_add(1, Relaxed),
            Event::RefreshFailed { .. } => self.failed.fetch_add(1, Relaxed),
            Event::Rejected { .. } => self.rejected.fetch_add(1, Relaxed),
            _ => 0,
        };
    }
}

/// A request between its arrival and the end of its answer.
#[derive(Debug)]
pub(super) struct Flight {
    numbers: Arc<Numbers>,
    /// Whether there was an answer; if not, the caller went away.
    answered: bool,
}

impl Flight {
    pub(super) fn begin(numbers: &Arc<Numbers>) -> Self {
        numbers.in_flight.fetch_add(1, Relaxed);
        Self { numbers: Arc::clone(numbers), answered: false }
    }

    pub(super) fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    pub(super) fn answered(&mut self) {
        self.answered = true;
    }

    /// The upstream's body ended early.
    pub(super) fn cut(&self) {
        self.numbers.cut.fetch_add(1, Relaxed);
        tracing::warn!("the upstream's answer ended before its body did");
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.numbers.in_flight.fetch_sub(1, Relaxed);
        if !self.answered {
            self.numbers.abandoned.fetch_add(1, Relaxed);
        }
    }
}

/// Counts up a gauge while it lives.
#[derive(Debug)]
pub(super) struct Open {
    numbers: Arc<Numbers>,
    gauge: fn(&Numbers) -> &AtomicI64,
}

impl Open {
    pub(super) fn new(numbers: &Arc<Numbers>, gauge: fn(&Numbers) -> &AtomicI64) -> Self {
        gauge(numbers).fetch_add(1, Relaxed);
        Self { numbers: Arc::clone(numbers), gauge }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        (self.gauge)(&self.numbers).fetch_sub(1, Relaxed);
    }
}
