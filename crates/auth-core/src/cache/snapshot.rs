//! A token ready to be attached: immutable, but for the time until which nobody need think about it.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderName, HeaderValue};

use crate::runtime::{Moment, nanos};
use crate::sync::{AtomicBool, AtomicU64, Ordering};
use crate::token::Token;

/// What a token puts on a request: rendered once, marked sensitive.
pub(crate) type Headers = Box<[(HeaderName, HeaderValue)]>;

#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) generation: u64,
    pub(crate) token: Token,
    pub(crate) headers: Headers,
    /// Shared with those who copied the headers. They don't hold the token, so its secret is wiped when it is replaced.
    pub(crate) quiet: Arc<Quiet>,
    /// When its life began, and how long it lasts, for the one case that the machine can't be asked about: it has forgotten the
    /// token because the cache was closed.
    started: Moment,
    life: Option<u64>,
    forgotten: AtomicBool,
}

impl Snapshot {
    /// `life` counts from `started`; `None` has no known end.
    pub(crate) fn new(
        generation: u64,
        token: Token,
        headers: Vec<(HeaderName, HeaderValue)>,
        started: Moment,
        life: Option<Duration>,
    ) -> Self {
        let (headers, quiet) = (headers.into_boxed_slice(), Arc::default());
        Self { generation, token, headers, quiet, started, life: life.map(nanos), forgotten: AtomicBool::new(false) }
    }

    /// What is left of its life, stated or assumed, by the clock that says less.
    pub(crate) fn remaining(&self, now: Moment) -> Option<Duration> {
        self.life.map(|life| Duration::from_nanos(life.saturating_sub(self.age(now, life))))
    }

    /// Its end on the wall clock, stated or assumed.
    pub(crate) fn end(&self) -> Option<SystemTime> {
        self.life.map(|life| UNIX_EPOCH + Duration::from_nanos(self.started.wall.saturating_add(life)))
    }

    /// As the machine has it: the older of what the clocks say, but the boot clock is believed where the wall clock alone says that
    /// it is over.
    fn age(&self, now: Moment, life: u64) -> u64 {
        let monotonic = now.monotonic.saturating_sub(self.started.monotonic);
        let wall = now.wall.saturating_sub(self.started.wall);
        match now.boot.zip(self.started.boot).map(|(now, then)| monotonic.max(now.saturating_sub(then))) {
            Some(boot) if boot < life && wall >= life => boot,
            boot => boot.unwrap_or(monotonic).max(wall),
        }
    }

    /// Somebody said that it is no good, or a newer one took its place.
    pub(crate) fn forget(&self) {
        self.forgotten.store(true, Ordering::Relaxed);
    }

    /// Whether whoever has waited for it may still have it.
    pub(crate) fn is_alive(&self, now: Moment) -> bool {
        let ended = self.life.is_some_and(|life| self.age(now, life) >= life);
        !ended && !self.forgotten.load(Ordering::Relaxed)
    }
}

/// Until both clocks reach these, the token is served without asking the rules. They are also asked if the wall clock has been set back,
/// because a sleep may hide behind that, which the monotonic clock does not count. Written under the state's lock. What is read while
/// it is written is harmless: each end is a time up to which the token was found good, and of two beginnings both were times at
/// which it was.
#[derive(Debug)]
pub(crate) struct Quiet {
    monotonic: AtomicU64,
    wall_from: AtomicU64,
    wall: AtomicU64,
}

/// Coarse clocks lag by some milliseconds behind the exact one, and clocks are adjusted by less than this without anybody setting
/// them.
const SET_BACK: u64 = 1_000_000_000;

impl Default for Quiet {
    fn default() -> Self {
        Self { monotonic: AtomicU64::new(0), wall_from: AtomicU64::new(0), wall: AtomicU64::new(0) }
    }
}

impl Quiet {
    /// Whether the token may be served without asking.
    #[inline]
    pub(crate) fn holds(&self, (monotonic, wall): (u64, u64)) -> bool {
        monotonic < self.monotonic.load(Ordering::Relaxed)
            && wall < self.wall.load(Ordering::Relaxed)
            && wall >= self.wall_from.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, now: Moment, time: Option<Duration>) {
        let time = time.map_or(0, nanos);
        let until = |clock: u64| if time == 0 { 0 } else { clock.saturating_add(time) };
        self.monotonic.store(until(now.monotonic), Ordering::Relaxed);
        self.wall_from.store(now.wall.saturating_sub(SET_BACK), Ordering::Relaxed);
        self.wall.store(until(now.wall), Ordering::Relaxed);
    }

    /// The token is current no more, so nobody who copied it may serve it unasked.
    pub(crate) fn end(&self) {
        self.monotonic.store(0, Ordering::Relaxed);
        self.wall.store(0, Ordering::Relaxed);
    }
}
