//! A token ready to be attached: immutable, but for the time until which nobody need think about it.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::runtime::{Moment, nanos};
use crate::sync::{AtomicU64, Ordering};
use crate::token::Token;

#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) generation: u64,
    pub(crate) token: Token,
    /// Rendered once, marked sensitive.
    pub(crate) headers: Box<[(HeaderName, HeaderValue)]>,
    /// Until both clocks reach these, the token is served without asking the rules. Written under the state's lock. A
    /// torn pair is harmless: each half is a time up to which the token was found good.
    quiet_monotonic: AtomicU64,
    quiet_wall: AtomicU64,
}

impl Snapshot {
    pub(crate) fn new(generation: u64, token: Token, headers: Vec<(HeaderName, HeaderValue)>) -> Self {
        Self {
            generation,
            token,
            headers: headers.into_boxed_slice(),
            quiet_monotonic: AtomicU64::new(0),
            quiet_wall: AtomicU64::new(0),
        }
    }

    /// Whether it may be served without asking.
    #[inline]
    pub(crate) fn is_quiet(&self, (monotonic, wall): (u64, u64)) -> bool {
        monotonic < self.quiet_monotonic.load(Ordering::Relaxed) && wall < self.quiet_wall.load(Ordering::Relaxed)
    }

    pub(crate) fn set_quiet(&self, now: Moment, time: Option<Duration>) {
        let time = time.map_or(0, nanos);
        let until = |clock: u64| if time == 0 { 0 } else { clock.saturating_add(time) };
        self.quiet_monotonic.store(until(now.monotonic), Ordering::Relaxed);
        self.quiet_wall.store(until(now.wall), Ordering::Relaxed);
    }
}
