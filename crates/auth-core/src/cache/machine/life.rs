//! A token's life as offsets from its acquisition, and where in it a given moment lies.

use std::time::Duration;

use crate::Policy;
use crate::cache::lifetime::Lifetime;
use crate::runtime::{Moment, nanos};
use crate::token::Terms;

/// Where a token stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Nothing to do.
    Fresh,
    /// It serves; one refresh is due in the background.
    Soft,
    /// It serves; refreshes hurry.
    Hard,
    /// It is never attached again.
    Expired,
}

/// The points of one token's life, computed once. Offsets are nanoseconds since it was acquired.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) acquired: Moment,
    soft: u64,
    hard: u64,
    end: u64,
    /// The first pause after a failed early refresh.
    pub(crate) pause: Duration,
    /// Whether the end was stated absolutely.
    pub(crate) absolute: bool,
}

/// A moment in a token's life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Age {
    pub(crate) phase: Phase,
    /// Life left, or `None` if it has no known end.
    pub(crate) remaining: Option<Duration>,
    /// Time until the phase changes.
    pub(crate) next: Duration,
}

impl Life {
    pub(crate) fn new(acquired: Moment, lifetime: Lifetime, terms: &Terms, policy: &Policy, random: f64) -> Self {
        let Some(length) = lifetime.length else {
            let never = u64::MAX;
            let pause = policy.forced_interval;
            return Self { acquired, soft: never, hard: never, end: never, pause, absolute: false };
        };
        let end = length.saturating_sub(policy.expiry_margin);
        let cap = terms.refresh_lead_max.unwrap_or(Duration::MAX);
        let lead = length.mul_f64(policy.refresh_lead).min(policy.refresh_lead_max).min(cap).min(end);
        let hard_lead = length.mul_f64(policy.hard_lead).min(policy.hard_lead_max).min(lead);
        let hard = end - hard_lead;
        let random = random * policy.jitter;
        let pause = (lead / 10).max(policy.early_pause_min).min(policy.early_pause_first_max);
        let soft = match terms.refresh_in.map(|after| after.max(pause)) {
            // An issuer's hint is followed, but not into a fetch for every request.
            Some(after) => after.saturating_add((lead / 5).min(after / 10).mul_f64(random)),
            None => end - lead + (lead / 5).mul_f64(random),
        };
        Self {
            acquired,
            soft: nanos(soft.min(hard)),
            hard: nanos(hard),
            end: nanos(end),
            pause,
            absolute: lifetime.absolute,
        }
    }

    /// Whether nothing of it is left at `now`.
    pub(crate) fn is_over(&self, now: Moment) -> bool {
        self.age(now).phase == Phase::Expired
    }

    /// Whether it is to take the place of `old`, when the same token is served again at `now`. Only a later absolute end
    /// moves an end, by more than the rounding to seconds that clocks and headers do. But a life that one clock ended while
    /// another says that it goes on was measured wrong, and a token that its issuer still serves is not to be lost for that.
    pub(crate) fn replaces(&self, old: &Self, now: Moment) -> bool {
        const ROUNDING: u64 = 2_000_000_000;
        if old.is_over(now) && !self.is_over(now) {
            return self.absolute || old.clocks_disagree(now);
        }
        let end = |life: &Self| life.acquired.wall.saturating_add(life.end);
        self.absolute && end(self) > end(old).saturating_add(ROUNDING)
    }

    /// Whether it serves although the wall clock says that it has ended, because the boot clock knows better.
    pub(crate) fn is_disputed(&self, now: Moment) -> bool {
        now.wall.saturating_sub(self.acquired.wall) >= self.end && !self.is_over(now)
    }

    /// Whether one clock says that it has ended, and another that it has not.
    fn clocks_disagree(&self, now: Moment) -> bool {
        let monotonic = now.monotonic.saturating_sub(self.acquired.monotonic);
        let wall = now.wall.saturating_sub(self.acquired.wall);
        (monotonic >= self.end) != (wall >= self.end)
    }

    /// The older of what the clocks say. The boot clock, where there is one, is the monotonic clock with sleep counted. If only
    /// the wall clock says that the end has come, it is asked first: a stepped wall clock must not take a good token away, while
    /// a suspended machine must not keep a dead one, even if its wall clock is set back meanwhile. Even then a refresh is due,
    /// because a frozen and restored machine looks just like a step.
    pub(crate) fn age(&self, now: Moment) -> Age {
        let monotonic = now.monotonic.saturating_sub(self.acquired.monotonic);
        let wall = now.wall.saturating_sub(self.acquired.wall);
        let boot = match (now.boot, self.acquired.boot) {
            (Some(now), Some(then)) => Some(monotonic.max(now.saturating_sub(then))),
            _ => None,
        };
        let age = boot.unwrap_or(monotonic).max(wall);
        match boot {
            Some(boot) if age >= self.end && boot < self.end => {
                let age = self.at(boot);
                Age { phase: age.phase.max(Phase::Soft), ..age }
            }
            _ => self.at(age),
        }
    }

    fn at(&self, age: u64) -> Age {
        let (phase, next) = if age >= self.end {
            (Phase::Expired, u64::MAX)
        } else if age >= self.hard {
            (Phase::Hard, self.end)
        } else if age >= self.soft {
            (Phase::Soft, self.hard)
        } else {
            (Phase::Fresh, self.soft)
        };
        let remaining = (self.end != u64::MAX).then(|| Duration::from_nanos(self.end.saturating_sub(age)));
        Age { phase, remaining, next: Duration::from_nanos(next.saturating_sub(age)) }
    }
}
