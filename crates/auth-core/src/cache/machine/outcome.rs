//! An attempt ended: with a token, or without.

use std::borrow::Cow;
use std::time::Duration;

use super::early::Early;
use super::flight::FlightId;
use super::life::{Life, Phase};
use super::{Current, Machine, Reason};
use crate::cache::lifetime::Lifetime;
use crate::runtime::{Moment, nanos};
use crate::token::Terms;
use crate::{Error, ErrorKind};

/// A token as the machine sees it.
#[derive(Debug)]
pub(crate) struct Brought<'a> {
    /// Before the request that brought it was sent.
    pub(crate) acquired: Moment,
    pub(crate) lifetime: Lifetime,
    pub(crate) terms: &'a Terms,
    /// Whether it is the token that is already there.
    pub(crate) same: bool,
    /// The epoch of the flight that brings it.
    pub(crate) epoch: u64,
    /// Whether its input is spent, so that it must not be lost.
    pub(crate) single_use: bool,
    /// What to say if it has no life left.
    pub(crate) if_over: Option<String>,
}

/// What follows from an attempt's end.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Call the source again, after this pause.
    Again(Duration),
    /// Store it under this generation; the flight is over.
    Store { generation: u64 },
    /// The token is the one already there; the flight is over.
    Same { generation: u64, forced: bool },
    /// No token; the flight is over.
    Failed(Failed),
    /// A result of a flight that was given up, and of no use any more.
    Dropped,
}

/// A flight's failure.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: Error,
    /// Remaining life of the token that still serves, if one does.
    pub(crate) serving: Option<Option<Duration>>,
    /// Whether it serves in its last moments.
    pub(crate) stale: bool,
    /// Whether somebody should be told.
    pub(crate) notable: bool,
}

impl Machine {
    /// The source is about to be called for this flight; says which attempt it is.
    pub(crate) fn attempt_started(&mut self, id: FlightId) -> u32 {
        match self.flight.as_mut().filter(|flight| flight.id == id) {
            Some(flight) => {
                flight.attempts += 1;
                flight.attempts
            }
            None => 1,
        }
    }

    /// The source brought a token.
    pub(crate) fn brought(&mut self, id: FlightId, brought: &Brought<'_>, now: Moment, random: f64) -> Verdict {
        let life = Life::new(brought.acquired, brought.lifetime, brought.terms, &self.policy, random);
        let Some(flight) = self.flight.as_ref().filter(|flight| flight.id == id) else {
            return self.brought_late(brought, life, now);
        };
        if flight.epoch != self.epoch {
            return self.ask_again(now, random);
        }
        let (reason, forced) = (flight.reason, matches!(flight.reason, Reason::Rejected { .. }));
        if brought.same
            && let Some(current) = self.current.as_mut()
        {
            if life.replaces(&current.life, now) {
                current.life = life;
            }
            let life = current.life;
            if life.is_over(now) {
                return self.failed(
                    id,
                    expired_on_arrival("the source keeps serving a token that has ended".into()),
                    now,
                    random,
                );
            }
            let generation = current.generation;
            current.recheck_at = recheck_at(brought.terms, now);
            current.recheck_failed = false;
            let remaining = life.age(now).remaining;
            self.flight = None;
            self.succeeded();
            if reason != Reason::Recheck {
                self.early = Early::same_token(&life, remaining, now.steady());
            }
            if forced {
                self.forced.fruitless(&self.policy, now.steady());
            }
            return Verdict::Same { generation, forced };
        }
        if life.is_over(now) {
            return self.failed(
                id,
                expired_on_arrival(
                    brought.if_over.clone().map_or("the token had no life left when it arrived".into(), Cow::Owned),
                ),
                now,
                random,
            );
        }
        self.flight = None;
        self.store(brought, life, forced, now)
    }

    /// A token of a flight that was given up in the meantime.
    fn brought_late(&mut self, brought: &Brought<'_>, life: Life, now: Moment) -> Verdict {
        let newer_is_there = self.current.as_ref().is_some_and(|current| {
            current.life.acquired.monotonic >= brought.acquired.monotonic && !current.life.is_over(now)
        });
        let obsolete = brought.epoch != self.epoch || (newer_is_there && !brought.single_use);
        if self.closed || brought.same || life.is_over(now) || obsolete {
            return Verdict::Dropped;
        }
        self.store(brought, life, false, now)
    }

    fn store(&mut self, brought: &Brought<'_>, life: Life, forced: bool, now: Moment) -> Verdict {
        self.generations += 1;
        self.succeeded();
        self.early = Early::refreshed(&life, now.steady());
        if forced {
            self.forced.brought_new(&self.policy);
        }
        self.current = Some(Current {
            generation: self.generations,
            life,
            recheck_at: recheck_at(brought.terms, now),
            recheck_failed: false,
            unproven: forced,
            suspect: false,
        });
        Verdict::Store { generation: self.generations }
    }

    fn succeeded(&mut self) {
        self.kept = None;
        self.failures = 0;
        self.not_before = 0;
        self.last_error = None;
        self.last_attempt_error = None;
    }

    /// The source changed while it was being read: read it again, within the same flight and its number of attempts.
    fn ask_again(&mut self, now: Moment, random: f64) -> Verdict {
        let epoch = self.epoch;
        if let Some(flight) = self.flight.as_mut() {
            flight.epoch = epoch;
            if flight.reason == Reason::Recheck {
                // There is no token any more that serves meanwhile, so it counts like any other reading.
                flight.reason = Reason::Due;
            }
            let id = flight.id;
            return self.failed(id, Error::transient("the source changed while it was being read"), now, random);
        }
        Verdict::Dropped
    }

    /// The source failed, or its task was lost.
    pub(crate) fn failed(&mut self, id: FlightId, error: Error, now: Moment, random: f64) -> Verdict {
        let Some(flight) = self.flight.as_ref().filter(|flight| flight.id == id) else {
            return Verdict::Dropped;
        };
        let asked = error.retry_after().map(|pause| pause.min(self.policy.retry_after_max));
        if let Some(pause) = asked {
            self.not_before = self.not_before.max(now.steady().saturating_add(nanos(pause)));
        }
        let pause = self.attempt_pause(flight.attempts, random).max(asked.unwrap_or_default());
        // Nobody waits for an early refresh: its own pause comes before the next call, which spares an issuer in trouble.
        let is_early = flight.reason == Reason::Early && self.usable(now).is_some();
        let most = if is_early { 1 } else { self.policy.attempts };
        let may_repeat = error.may_repeat() && flight.attempts < most && !self.closed;
        if may_repeat && flight.reason != Reason::Recheck && flight.has_time_for(pause, now) {
            self.last_attempt_error = Some(error);
            return Verdict::Again(pause);
        }
        let reason = flight.reason;
        self.flight = None;
        Verdict::Failed(self.settle_failure(error, reason, now, random))
    }

    /// The pause before the next call within a flight: doubling, with full jitter.
    fn attempt_pause(&self, attempts: u32, random: f64) -> Duration {
        let doublings = attempts.saturating_sub(1).min(16);
        let pause = self.policy.attempt_pause.saturating_mul(1 << doublings);
        pause.mul_f64(1.0 - self.policy.jitter * (1.0 - random))
    }

    fn settle_failure(&mut self, error: Error, reason: Reason, now: Moment, random: f64) -> Failed {
        let steady = now.steady();
        if matches!(reason, Reason::Rejected { .. }) {
            self.forced.failed(&self.policy, steady);
        }
        self.last_error = Some(error.clone());
        self.last_attempt_error = None;
        let Some(age) = self.usable(now) else {
            if !error.teaches_nothing() {
                self.keep_failure(error.clone(), now);
            }
            // Whoever waited is told, too, when it makes sense to come back.
            let error = self.kept_failure(now).unwrap_or(error);
            return Failed { error, serving: None, stale: false, notable: true };
        };
        let mut notable = true;
        if let Some(current) = self.current.as_mut() {
            if reason == Reason::Recheck {
                notable = !std::mem::replace(&mut current.recheck_failed, true);
                current.recheck_at = Some(steady.saturating_add(nanos(self.policy.recheck_pause)));
            } else {
                self.early.failed(&current.life, &self.policy, random, steady);
            }
        }
        Failed { error, serving: Some(age.remaining), stale: age.phase == Phase::Hard, notable }
    }
}

fn recheck_at(terms: &Terms, now: Moment) -> Option<u64> {
    terms.recheck.map(|every| now.steady().saturating_add(nanos(every)))
}

fn expired_on_arrival(message: Cow<'static, str>) -> Error {
    Error::new(ErrorKind::ExpiredOnArrival, message).do_not_repeat()
}
