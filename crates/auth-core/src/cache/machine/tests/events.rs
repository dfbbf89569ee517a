//! What may happen to a machine, done to it and to the reference.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::super::{Ask, Brought, Demand, FlightId, Machine, Start, Verdict};
use super::reference::{Came, Failure, Get, LIVES, Reference, Said, Time, Wish};
use crate::cache::lifetime::Lifetime;
use crate::runtime::Moment;
use crate::token::Terms;
use crate::{Error, ErrorKind, Policy};

#[derive(Clone, Debug)]
pub(super) enum Event {
    Pass(u64),
    Suspend(u64),
    StepWall(i64),
    Ask(Wish),
    Brought { life: Option<usize>, same: bool, jitter: bool },
    Failed { failure: Failure, retry_after: u64, jitter: bool },
    Late { life: Option<usize>, once_only: bool },
    Rejected { older: u64 },
    Answered { older: u64 },
    Invalidated,
    Changed,
    RetryNow,
    Closed,
}

/// Times at which something is decided, and others.
fn milliseconds() -> impl Strategy<Value = u64> {
    let decisive = prop::sample::select(vec![
        1, 250, 1_000, 1_500, 5_000, 10_000, 15_000, 29_999, 30_000, 45_000, 54_000, 60_000, 60_001, 120_000, 300_000,
        450_000, 570_000, 900_000, 2_700_000, 3_570_000, 3_600_000, 21_600_000, 86_400_000,
    ]);
    prop_oneof![3 => decisive, 1 => 0..100_000_u64, 1 => 0..4_000_000_u64]
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    let wish = prop_oneof![
        6 => Just(Wish::Valid),
        1 => Just(Wish::Fresh),
        1 => milliseconds().prop_map(Wish::Left),
    ];
    let life = || prop_oneof![1 => Just(None), 12 => (0..LIVES.len()).prop_map(Some)];
    let failure = prop::sample::select(vec![
        Failure::Transient,
        Failure::Transient,
        Failure::OnceOnly,
        Failure::Permanent,
        Failure::Person,
    ]);
    let retry_after = prop_oneof![3 => Just(0), 1 => milliseconds()];
    prop_oneof![
        6 => milliseconds().prop_map(Event::Pass),
        1 => milliseconds().prop_map(Event::Suspend),
        1 => (-4_000..4_000_i64).prop_map(Event::StepWall),
        8 => wish.prop_map(Event::Ask),
        6 => (life(), prop::bool::weighted(0.2), any::<bool>())
            .prop_map(|(life, same, jitter)| Event::Brought { life, same, jitter }),
        4 => (failure, retry_after, any::<bool>())
            .prop_map(|(failure, retry_after, jitter)| Event::Failed { failure, retry_after, jitter }),
        2 => (life(), any::<bool>()).prop_map(|(life, once_only)| Event::Late { life, once_only }),
        3 => prop_oneof![3 => Just(0), 1 => 1..3_u64].prop_map(|older| Event::Rejected { older }),
        2 => prop_oneof![3 => Just(0), 1 => 1..3_u64].prop_map(|older| Event::Answered { older }),
        1 => Just(Event::Invalidated),
        1 => Just(Event::Changed),
        1 => Just(Event::RetryNow),
        // Seldom: nothing happens after it.
        1 => prop::bool::weighted(0.05).prop_map(|closes| if closes { Event::Closed } else { Event::Ask(Wish::Valid) }),
    ]
}

/// One flight as a task sees it.
#[derive(Clone, Copy)]
struct Flying {
    id: FlightId,
    asked: Time,
    changes: u64,
}

pub(super) struct Pair {
    machine: Machine,
    rules: Reference,
    flying: Option<Flying>,
    /// Given up, but their answers may come.
    given_up: Vec<Flying>,
    /// The largest generation so far.
    newest: u64,
    /// The end of the current token: by the monotonic, the wall and the boot clock.
    end: Option<Time>,
}

impl Pair {
    pub(super) fn new(has_boot: bool) -> Self {
        let now = Time { monotonic: 1_000_000, wall: 1_800_000_000_000, boot: has_boot.then_some(2_000_000) };
        let machine = Machine::new(Policy::default());
        Self { machine, rules: Reference::new(now), flying: None, given_up: Vec::new(), newest: 0, end: None }
    }

    fn now(&self) -> Moment {
        moment(self.rules.now)
    }

    pub(super) fn step(&mut self, event: Event) -> TestCaseResult {
        match event {
            Event::Pass(time) => self.rules.now = later(self.rules.now, time),
            Event::Suspend(time) => {
                let monotonic = self.rules.now.monotonic;
                self.rules.now = Time { monotonic, ..later(self.rules.now, time) };
            }
            Event::StepWall(seconds) => {
                self.rules.now.wall = self.rules.now.wall.saturating_add_signed(seconds * 1000);
            }
            Event::Ask(wish) => {
                self.give_up()?;
                let ask = self.machine.ask(demand(wish), self.now());
                let expected = self.rules.ask(wish);
                self.got(&ask, expected, 0)?;
            }
            Event::Rejected { older } => {
                let generation = self.newest.saturating_sub(older);
                self.give_up()?;
                let ask = self.machine.rejected(generation, self.now());
                let expected = self.rules.rejected(generation);
                self.got(&ask, expected, generation)?;
            }
            Event::Answered { older } => {
                let generation = self.newest.saturating_sub(older);
                self.machine.answered(generation);
                self.rules.answered(generation);
            }
            Event::Brought { life, same, jitter } => {
                let Some(flying) = self.flying else { return Ok(()) };
                let same = same && self.rules.generation().is_some();
                let came = came(flying.asked, life, same, jitter);
                let verdict = self.bring(flying, &came, false);
                let expected = self.rules.brought(came);
                self.said(&verdict, expected, Some(came))?;
            }
            Event::Failed { failure, retry_after, jitter } => {
                let Some(flying) = self.flying else { return Ok(()) };
                let error = error(failure, retry_after);
                let jitter = if jitter { 0.5 } else { 0.0 };
                let verdict = self.machine.failed(flying.id, error, self.now(), jitter);
                let expected = self.rules.failed(failure, retry_after, jitter);
                self.said(&verdict, expected, None)?;
            }
            Event::Late { life, once_only } => {
                let Some(flying) = self.given_up.pop() else { return Ok(()) };
                let came = came(flying.asked, life, false, false);
                let verdict = self.bring(flying, &came, once_only);
                let expected = self.rules.late(came, flying.changes, once_only);
                prop_assert_eq!(said(&verdict), expected, "a late answer");
                self.stored(&verdict, &came)?;
            }
            Event::Invalidated => {
                self.machine.invalidate();
                self.rules.invalidate();
            }
            Event::Changed => {
                self.machine.changed();
                self.rules.changed();
            }
            Event::RetryNow => {
                self.machine.retry_now();
                self.rules.retry();
            }
            Event::Closed => {
                self.machine.close();
                self.rules.close();
            }
        }
        self.is_quiet()
    }

    fn bring(&mut self, flying: Flying, came: &Came, single_use: bool) -> Verdict {
        let length = Some(Duration::from_millis(came.life.map_or(0, |life| life[0])));
        let brought = Brought {
            acquired: moment(came.asked),
            lifetime: Lifetime { length, absolute: false },
            terms: &Terms::default(),
            same: came.same,
            epoch: flying.changes,
            single_use,
            if_over: None,
        };
        self.machine.brought(flying.id, &brought, moment(self.rules.now), came.jitter)
    }

    fn give_up(&mut self) -> TestCaseResult {
        let given_up = self.machine.abandon_overdue(self.now()).is_some();
        prop_assert_eq!(given_up, self.rules.give_up(), "given up");
        if given_up {
            self.given_up.extend(self.flying.take());
        }
        Ok(())
    }

    /// What a caller got, whose token of the generation `rejected` was answered 401, if it is not 0.
    fn got(&mut self, ask: &Ask, expected: Get, rejected: u64) -> TestCaseResult {
        let begun = |start: &Option<Start>| start.as_ref().map(|start| (start.reason, start.inline));
        let (got, start) = match ask {
            Ask::Serve(start) => (Get::Serve(begun(start)), *start),
            Ask::Wait(start) => (Get::Wait(begun(start)), *start),
            Ask::Fail(_) => (Get::Fail, None),
        };
        prop_assert_eq!(got, expected);
        if let Ask::Serve(_) = ask {
            let generation = self.machine.current(self.now()).map_or(0, |(generation, _)| generation);
            prop_assert!(generation > rejected, "served what was rejected");
            prop_assert!(!self.end.is_some_and(|end| self.is_past(end)), "served what is over");
        }
        if let Some(start) = start {
            prop_assert!(self.flying.is_none(), "two flights at once");
            self.machine.attempt_started(start.id);
            self.flying = Some(Flying { id: start.id, asked: self.rules.now, changes: self.rules.changes() });
        }
        Ok(())
    }

    fn said(&mut self, verdict: &Verdict, expected: Said, came: Option<Came>) -> TestCaseResult {
        prop_assert_eq!(said(verdict), expected);
        match (verdict, &mut self.flying) {
            (Verdict::Again(_), Some(flying)) => {
                self.machine.attempt_started(flying.id);
                flying.asked = self.rules.now;
            }
            _ => self.flying = None,
        }
        match came {
            Some(came) => self.stored(verdict, &came),
            None => Ok(()),
        }
    }

    fn stored(&mut self, verdict: &Verdict, came: &Came) -> TestCaseResult {
        let end = |life: [u64; 4]| later(came.asked, life[0]);
        match verdict {
            Verdict::Store { generation } => {
                prop_assert_eq!(*generation, self.newest + 1, "generations grow by one");
                self.newest = *generation;
                self.end = came.life.map(end);
            }
            // The issuer still serves what had ended by one clock and not by another: its life is counted anew.
            Verdict::Same { .. } if self.end.is_some_and(|end| self.is_past(end)) => self.end = came.life.map(end),
            _ => {}
        }
        Ok(())
    }

    /// Whether an end has come by the clock that counts all time; where there is none, by one of two.
    fn is_past(&self, end: Time) -> bool {
        let now = self.rules.now;
        let by_boot = now.boot.zip(end.boot).map(|(now, end)| now >= end);
        now.monotonic >= end.monotonic || by_boot.unwrap_or(now.wall >= end.wall)
    }

    /// As long as the machine says that nobody need ask, the rules would serve the token and start nothing.
    fn is_quiet(&self) -> TestCaseResult {
        let Some(time) = self.machine.quiet_for(self.now()).filter(|time| !time.is_zero()) else { return Ok(()) };
        let time = u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap();
        for time in [0, time - 1] {
            let mut rules = self.rules.clone();
            rules.now = later(rules.now, time);
            prop_assert!(!rules.give_up(), "a flight was to be given up after {time} ms, and nobody asks");
            prop_assert_eq!(rules.ask(Wish::Valid), Get::Serve(None), "after {} ms, when nobody asks", time);
        }
        Ok(())
    }
}

fn later(time: Time, by: u64) -> Time {
    Time { monotonic: time.monotonic + by, wall: time.wall + by, boot: time.boot.map(|boot| boot + by) }
}

fn moment(time: Time) -> Moment {
    let moment = Moment::from_nanos(time.monotonic * 1_000_000, time.wall * 1_000_000);
    time.boot.map_or(moment, |boot| moment.with_boot(Duration::from_millis(boot)))
}

fn demand(wish: Wish) -> Demand {
    match wish {
        Wish::Valid => Demand::Valid,
        Wish::Left(least) => Demand::Remaining(Duration::from_millis(least)),
        Wish::Fresh => Demand::Fresh,
    }
}

fn came(asked: Time, life: Option<usize>, same: bool, jitter: bool) -> Came {
    Came { asked, life: life.map(|row| LIVES[row]), same, jitter: if jitter { 0.5 } else { 0.0 } }
}

fn error(failure: Failure, retry_after: u64) -> Error {
    let error = match failure {
        Failure::Transient => Error::transient("down"),
        Failure::OnceOnly => Error::transient("down").do_not_repeat(),
        Failure::Permanent => Error::new(ErrorKind::Rejected, "no"),
        Failure::Person => Error::new(ErrorKind::InteractionRequired, "log in"),
    };
    error.with_retry_after((retry_after > 0).then(|| Duration::from_millis(retry_after)))
}

fn said(verdict: &Verdict) -> Said {
    match verdict {
        Verdict::Again(pause) => Said::Again(u64::try_from(pause.as_millis()).unwrap()),
        Verdict::Store { generation } => Said::Store(*generation),
        Verdict::Same { generation, .. } => Said::Same(*generation),
        Verdict::Failed(_) => Said::Failed,
        Verdict::Dropped => Said::Dropped,
    }
}
