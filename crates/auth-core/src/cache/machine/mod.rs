//! The rules of refreshing as a state machine: events and the time go in, decisions come out. It does no I/O, takes no
//! lock, reads no clock and holds no secret.

mod ask;
#[cfg(fuzzing)]
mod driven;
mod early;
mod flight;
mod forced;
mod kept;
mod life;
mod outcome;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::runtime::{Moment, nanos};
use crate::{Error, Policy, Reason};

pub(crate) use ask::{Ask, Demand};
#[cfg(fuzzing)]
pub(crate) use driven::drive;
pub(crate) use flight::{Abandoned, FlightId, Start};
pub(crate) use forced::not_forced;
pub(crate) use life::{Age, Life, Phase};
pub(crate) use outcome::{Brought, Verdict};

use early::Early;
use flight::Flight;
use forced::Forced;
use kept::Kept;

/// The longest that the boot clock is not looked at, where there is one.
const LOOK_AT_BOOT: Duration = Duration::from_secs(60);

/// Everything that is remembered about one credential, but the credential itself.
#[derive(Debug)]
pub(crate) struct Machine {
    policy: Policy,
    current: Option<Current>,
    generations: u64,
    early: Early,
    kept: Option<Kept>,
    failures: u32,
    /// No attempt before this (steady time), whatever the state: the issuer's `Retry-After`.
    not_before: u64,
    forced: Forced,
    flight: Option<Flight>,
    flights: u64,
    /// Counts the source's changes, so that an answer to a question asked before one is not taken for an answer after it.
    epoch: u64,
    last_error: Option<Error>,
    /// Of an attempt that is repeated within its flight.
    last_attempt_error: Option<Error>,
    closed: bool,
}

/// The token in use.
#[derive(Debug)]
struct Current {
    generation: u64,
    life: Life,
    /// When a local source is to be looked at again (steady time).
    recheck_at: Option<u64>,
    /// Whether the last re-read failed, which is warned about once.
    recheck_failed: bool,
    /// Whether it was brought by a fetch that a 401 forced, and no answer but 401 has been seen for it yet.
    unproven: bool,
    /// Whether it was answered 401.
    suspect: bool,
}

impl Machine {
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            policy,
            current: None,
            generations: 0,
            early: Early::default(),
            kept: None,
            failures: 0,
            not_before: 0,
            forced: Forced::default(),
            flight: None,
            flights: 0,
            epoch: 0,
            last_error: None,
            last_attempt_error: None,
            closed: false,
        }
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The current token's generation and age, if there is one.
    pub(crate) fn current(&self, now: Moment) -> Option<(u64, Age)> {
        self.current.as_ref().map(|current| (current.generation, current.life.age(now)))
    }

    /// The current token's age, if it may be attached.
    fn usable(&self, now: Moment) -> Option<Age> {
        self.current(now).map(|(_, age)| age).filter(|age| age.phase != Phase::Expired)
    }

    /// How long a caller need not ask: until then the current token is served and nothing else is to be done.
    /// `None` if it must ask every time, as it must while the boot clock, which a hit does not look at, is all that the token
    /// lives by.
    pub(crate) fn quiet_for(&self, now: Moment) -> Option<Duration> {
        let current = self.current.as_ref().filter(|current| !self.closed && !current.life.is_disputed(now))?;
        let age = current.life.age(now);
        let remaining = age.remaining.unwrap_or(Duration::MAX);
        let steady = now.steady();
        let until = |from: u64| Duration::from_nanos(from.max(self.not_before).saturating_sub(steady));
        let quiet = match (age.phase, &self.flight) {
            (Phase::Expired, _) => return None,
            (_, Some(flight)) => flight.left_until_overdue(now),
            (Phase::Fresh, None) => age.next.min(current.recheck_at.map_or(Duration::MAX, until)),
            (Phase::Soft | Phase::Hard, None) => {
                let recheck = current.recheck_at.map_or(Duration::MAX, until);
                age.next.min(until(self.early.not_before(age.phase, &self.policy))).min(recheck)
            }
        };
        // What a hit can't see, a sleep and a wall clock that is set back by less, is seen within this time.
        let look = now.boot.map_or(Duration::MAX, |_| LOOK_AT_BOOT);
        Some(quiet.min(remaining).min(look))
    }

    /// Whether answers to requests are of interest: a good one clears a suspicion.
    pub(crate) fn wants_answers(&self) -> bool {
        self.forced.is_pending() || self.current.as_ref().is_some_and(|current| current.unproven || current.suspect)
    }

    /// Whether the current token was answered 401 and nothing else since.
    pub(crate) fn is_suspect(&self) -> bool {
        self.current.as_ref().is_some_and(|current| current.suspect)
    }

    pub(crate) fn is_refreshing(&self) -> bool {
        self.flight.is_some()
    }

    pub(crate) fn last_error(&self) -> Option<&Error> {
        self.last_attempt_error.as_ref().or(self.last_error.as_ref())
    }

    /// Forgets the token, failures and pauses, not `Retry-After`. A fetch that is under way counts as the next.
    pub(crate) fn invalidate(&mut self) {
        self.current = None;
        self.retry_now();
    }

    /// The source reads something else now: what is being read at this moment is obsolete, too.
    pub(crate) fn changed(&mut self) {
        self.epoch += 1;
        self.invalidate();
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Forgets failures and pauses, not `Retry-After`: somebody knows that it is worth another try.
    pub(crate) fn retry_now(&mut self) {
        self.kept = None;
        self.failures = 0;
        self.early = Early::default();
        self.forced.allow();
    }

    /// No new flight from now on.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Forgets everything, once the last flight is over.
    pub(crate) fn clear(&mut self) {
        self.current = None;
        self.kept = None;
        self.flight = None;
    }

    fn start(&mut self, reason: Reason, now: Moment, inline: bool) -> Start {
        self.flights += 1;
        let id = FlightId(self.flights);
        let limit = nanos(self.policy.flight_timeout);
        self.flight = Some(Flight::new(id, reason, now, limit, self.epoch));
        Start { id, reason, inline, wanted: Duration::ZERO }
    }

    fn due_reason(&self) -> Reason {
        if self.generations == 0 { Reason::First } else { Reason::Due }
    }
}
