//! What time it is for the emulator: a clock it was given, plus what a test has moved it forward.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use http::HeaderValue;
use jiff::Timestamp;

pub(crate) struct Clock {
    source: Box<dyn Fn() -> SystemTime + Send + Sync>,
    ahead_millis: AtomicU64,
}

impl Clock {
    pub(crate) fn system() -> Self {
        Self::new(SystemTime::now)
    }

    pub(crate) fn new(source: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self { source: Box::new(source), ahead_millis: AtomicU64::new(0) }
    }

    pub(crate) fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead_millis.fetch_add(millis, Ordering::Relaxed);
    }

    /// Since 1970; a source before that counts as 1970.
    pub(crate) fn since_epoch(&self) -> Duration {
        let ahead = Duration::from_millis(self.ahead_millis.load(Ordering::Relaxed));
        (self.source)().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().saturating_add(ahead)
    }

    /// The `Date` of an answer (RFC 9110, section 6.6.1), so that clients who go by it go by this clock.
    pub(crate) fn date(&self) -> HeaderValue {
        let seconds = i64::try_from(self.since_epoch().as_secs()).unwrap_or(i64::MAX);
        let text =
            Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))
    }
}
