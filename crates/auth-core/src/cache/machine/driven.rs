//! The machine under a byte string: each byte an event, the next ones its arguments. What the shell would do with a decision is
//! done here in a line; what must hold after each event is asserted beside a record of what has happened.

use std::time::Duration;

use super::{Age, Ask, Brought, Demand, FlightId, Machine, Phase, Reason, Start, Verdict};
use crate::cache::lifetime::Lifetime;
use crate::runtime::{Moment, nanos};
use crate::token::Terms;
use crate::{Error, ErrorKind, Policy};

const MS: u64 = 1_000_000;
const TIMES: [u64; 16] = [
    0,
    1,
    MS,
    500 * MS,
    1_000 * MS,
    4_999 * MS,
    10_000 * MS,
    29_999 * MS,
    30_000 * MS,
    60_001 * MS,
    299_000 * MS,
    900_000 * MS,
    3_600_000 * MS,
    86_400_000 * MS,
    3_000_000_000 * MS,
    u64::MAX / 4,
];

/// One call of the source.
#[derive(Clone, Copy)]
struct Attempt {
    flight: FlightId,
    /// When the flight began, as the shell has it.
    flight_epoch: u64,
    /// When the source was asked.
    epoch: u64,
    started: Moment,
}

/// What has happened so far.
struct Driver<'a> {
    script: std::slice::Iter<'a, u8>,
    machine: Machine,
    policy: Policy,
    now: Moment,
    /// The flight under way, by what was decided.
    flight: Option<FlightId>,
    last_flight: u64,
    attempts: u32,
    /// Calls that have not ended, those of flights that were given up too.
    calls: Vec<Attempt>,
    generation: u64,
    /// All lives that were stated for the present token: from when, and for how long.
    lives: Vec<(Moment, u64)>,
    /// Until when the issuer asked to be left alone (steady time).
    not_before: u64,
    closed: bool,
}

/// Runs a script to its end.
///
/// # Panics
/// If a rule is broken.
pub(crate) fn drive(script: &[u8]) {
    let mut script = script.iter();
    let first = script.next().copied().unwrap_or_default();
    let mut policy = Policy::default();
    if first & 1 != 0 {
        policy.jitter = 0.0;
    }
    if first & 2 != 0 {
        policy.attempts = 1;
    }
    let mut now = Moment::from_nanos(1_000_000 * MS, 1_795_305_600_000 * MS);
    if first & 4 == 0 {
        now.boot = Some(now.monotonic);
    }
    let mut driver = Driver {
        script,
        machine: Machine::new(policy.clone()),
        policy,
        now,
        flight: None,
        last_flight: 0,
        attempts: 0,
        calls: Vec::new(),
        generation: 0,
        lives: Vec::new(),
        not_before: 0,
        closed: false,
    };
    while let Some(event) = driver.script.next() {
        driver.event(*event);
        driver.check();
    }
}

impl Driver<'_> {
    fn byte(&mut self) -> u8 {
        self.script.next().copied().unwrap_or_default()
    }

    fn time(&mut self) -> u64 {
        let byte = self.byte();
        TIMES[usize::from(byte & 15)].saturating_mul(u64::from(byte >> 4) + 1).min(u64::MAX / 4)
    }

    fn random(&mut self) -> f64 {
        f64::from(self.byte()) / 256.0
    }

    fn event(&mut self, event: u8) {
        match event % 16 {
            0 | 1 => self.pass(true),
            2 => self.pass(false),
            3 => self.step_wall(),
            4 => self.ask(Demand::Valid),
            5 => {
                let wanted = Duration::from_nanos(self.time());
                self.ask(Demand::Remaining(wanted));
            }
            6 => self.ask(Demand::Fresh),
            7 | 8 => self.rejected(),
            9 => {
                let generation = self.some_generation();
                self.machine.answered(generation);
            }
            10 | 11 => self.brought(),
            12 => self.failed(),
            13 => self.abandon_overdue(),
            14 => self.forget(),
            _ => self.end(),
        }
    }

    /// Time passes, or the machine sleeps: then monotonic time does not.
    fn pass(&mut self, awake: bool) {
        // A clock that has run for a century says nothing more.
        let by = self.time().min((u64::MAX / 2).saturating_sub(self.now.wall.max(self.now.monotonic)));
        self.now.wall += by;
        self.now.boot = self.now.boot.map(|boot| boot + by);
        if awake {
            self.now.monotonic += by;
        }
    }

    fn step_wall(&mut self) {
        let (back, by) = (self.byte() & 1 == 0, self.time());
        self.now.wall = if back { self.now.wall.saturating_sub(by) } else { (self.now.wall + by).min(u64::MAX / 2) };
    }

    fn some_generation(&mut self) -> u64 {
        let back = u64::from(self.byte() % 4);
        (self.generation + 1).saturating_sub(back)
    }

    fn ask(&mut self, demand: Demand) {
        let ask = self.machine.ask(demand, self.now);
        self.answer(ask, false);
    }

    fn rejected(&mut self) {
        let generation = self.some_generation();
        let ask = self.machine.rejected(generation, self.now);
        if let Ask::Serve(_) = &ask {
            assert!(self.generation > generation, "a rejected token is served again");
        }
        self.answer(ask, true);
    }

    fn answer(&mut self, ask: Ask, forced: bool) {
        match ask {
            Ask::Serve(start) => {
                assert!(!self.closed, "a token after the end");
                assert!(self.is_alive(), "a token that is over");
                if let Some(start) = start {
                    assert!(!forced);
                    self.start(start);
                }
            }
            Ask::Wait(start) => {
                assert!(!self.closed, "somebody waits after the end");
                if let Some(start) = start {
                    assert_eq!(forced, matches!(start.reason, Reason::Rejected { .. }));
                    self.start(start);
                }
                assert!(self.flight.is_some(), "somebody waits for nothing");
            }
            Ask::Fail(error) => {
                assert!(forced || self.closed || !self.is_served(), "a failure beside a good token: {error}");
                assert!(!self.closed || forced || error.kind() == ErrorKind::Closed);
            }
        }
    }

    fn start(&mut self, start: Start) {
        assert!(self.flight.is_none(), "two flights at once");
        assert!(start.id.0 > self.last_flight, "a flight's number twice");
        // Without a boot clock a flight is given up by the wall clock, which pauses are not measured on.
        assert!(self.now.boot.is_none() || self.now.steady() >= self.not_before, "sooner than the issuer asked for");
        assert_eq!(
            start.reason == Reason::First,
            self.generation == 0 && !matches!(start.reason, Reason::Rejected { .. })
        );
        (self.flight, self.last_flight, self.attempts) = (Some(start.id), start.id.0, 0);
        self.call(start.id, self.machine.epoch());
    }

    fn call(&mut self, id: FlightId, flight_epoch: u64) {
        let attempt = self.machine.attempt_started(id);
        if self.flight == Some(id) {
            self.attempts += 1;
            assert_eq!(attempt, self.attempts);
            assert!(attempt <= self.policy.attempts, "more calls than allowed");
        }
        let epoch = self.machine.epoch();
        self.calls.push(Attempt { flight: id, flight_epoch, epoch, started: self.now });
    }

    fn some_call(&mut self) -> Option<Attempt> {
        let pick = usize::from(self.byte());
        let count = self.calls.len();
        (count > 0).then(|| self.calls.remove(count - 1 - pick % count))
    }

    fn brought(&mut self) {
        let Some(call) = self.some_call() else { return };
        let kind = self.byte();
        let length = (kind & 1 == 0).then(|| Duration::from_nanos(self.time()).min(self.policy.lifetime_max));
        let mut terms = Terms::default();
        if kind & 2 != 0 {
            terms.refresh_in = Some(Duration::from_nanos(self.time()));
        }
        if kind & 4 != 0 {
            terms.recheck = Some(Duration::from_nanos(self.time()));
        }
        if kind & 8 != 0 {
            terms.refresh_lead_max = Some(Duration::from_nanos(self.time()));
        }
        let same = kind & 16 != 0 && !self.lives.is_empty();
        let brought = Brought {
            acquired: call.started,
            lifetime: Lifetime { length, absolute: kind & 32 != 0 },
            terms: &terms,
            same,
            epoch: call.flight_epoch,
            single_use: kind & 64 != 0,
            if_over: None,
        };
        let random = self.random();
        let verdict = self.machine.brought(call.flight, &brought, self.now, random);
        let end = length.map_or(u64::MAX, |length| nanos(length.saturating_sub(self.policy.expiry_margin)));
        // Its end may move whatever follows: what was stated last is true of a token that is over, too.
        if same && self.flight == Some(call.flight) {
            self.lives.push((call.started, end));
        }
        match &verdict {
            Verdict::Store { generation } => {
                assert_eq!(call.epoch, self.machine.epoch(), "what was read before a change is stored after it");
                assert_eq!(*generation, self.generation + 1, "generations grow by one");
                assert!(!self.closed || self.flight == Some(call.flight), "a stray token after the end");
                self.generation = *generation;
                self.lives = vec![(call.started, end)];
                assert!(self.is_alive(), "a token that is over is stored");
            }
            Verdict::Same { generation, .. } => {
                assert_eq!(call.epoch, self.machine.epoch());
                assert!(same && *generation == self.generation);
                assert!(self.is_served(), "a token that is over goes on");
            }
            Verdict::Dropped => assert_ne!(self.flight, Some(call.flight), "a flight that nobody ends"),
            Verdict::Again(_) | Verdict::Failed(_) => {}
        }
        self.settle(call, verdict, Duration::ZERO);
    }

    fn failed(&mut self) {
        let Some(call) = self.some_call() else { return };
        let kind = self.byte();
        let kinds = [ErrorKind::Transient, ErrorKind::Rejected, ErrorKind::Malformed, ErrorKind::InteractionRequired];
        let error = Error::new(kinds[usize::from(kind & 3)], "it failed");
        let pause = (kind & 4 != 0).then(|| Duration::from_nanos(self.time()));
        let error = if kind & 8 != 0 { Error::flight_dropped() } else { error };
        let (may_repeat, is_current) = (error.may_repeat(), self.flight == Some(call.flight));
        let random = self.random();
        let verdict = self.machine.failed(call.flight, error.with_retry_after(pause), self.now, random);
        assert!(may_repeat || !matches!(verdict, Verdict::Again(_)), "what can't be repeated is");
        let asked = pause.unwrap_or_default().min(self.policy.retry_after_max);
        if is_current {
            self.not_before = self.not_before.max(self.now.steady().saturating_add(nanos(asked)));
        }
        self.settle(call, verdict, asked);
    }

    fn settle(&mut self, call: Attempt, verdict: Verdict, asked: Duration) {
        match verdict {
            Verdict::Again(pause) => {
                assert_eq!(self.flight, Some(call.flight));
                assert!(!self.closed, "a call after the end");
                assert!(pause >= asked, "sooner than the issuer asked for");
                self.call(call.flight, call.flight_epoch);
            }
            Verdict::Failed(failed) => {
                assert_eq!(self.flight, Some(call.flight));
                assert_eq!(failed.serving.is_some(), self.is_served(), "what still serves is told as it is");
                self.flight = None;
            }
            Verdict::Store { .. } | Verdict::Same { .. } => {
                self.not_before = 0;
                self.flight = self.flight.filter(|flight| *flight != call.flight);
            }
            Verdict::Dropped => {}
        }
    }

    fn abandon_overdue(&mut self) {
        if let Some(abandoned) = self.machine.abandon_overdue(self.now) {
            assert_eq!(self.flight.take(), Some(abandoned.0));
        }
    }

    fn forget(&mut self) {
        match self.byte() % 3 {
            0 => self.machine.retry_now(),
            1 => {
                self.machine.invalidate();
                self.lives.clear();
            }
            _ => {
                self.machine.changed();
                self.lives.clear();
            }
        }
    }

    fn end(&mut self) {
        match self.byte() % 8 {
            0 => {
                self.machine.close();
                self.closed = true;
            }
            // The shell clears when all is over.
            1 if self.closed => {
                self.machine.clear();
                self.lives.clear();
                (self.flight, self.calls) = (None, Vec::new());
            }
            _ => {
                if let Some(flight) = self.flight {
                    let limit = self.time();
                    self.machine.extend(flight, limit);
                }
            }
        }
    }

    /// Whether one of the lives that were stated goes on: by the monotonic clock, and by the boot clock or, where there is none, the
    /// wall clock.
    fn is_alive(&self) -> bool {
        let now = self.now;
        self.lives.iter().any(|(from, end)| {
            let monotonic = now.monotonic.saturating_sub(from.monotonic);
            let wall = now.wall.saturating_sub(from.wall);
            let boot = now.boot.zip(from.boot).map(|(now, from)| now.saturating_sub(from));
            monotonic < *end && boot.map_or(wall < *end, |boot| boot < *end)
        })
    }

    fn is_served(&self) -> bool {
        self.machine.current(self.now).is_some_and(|(_, age)| age.phase != Phase::Expired)
    }

    fn check(&self) {
        assert_eq!(self.machine.flight(), self.flight, "what is under way");
        assert_eq!(self.machine.is_closed(), self.closed);
        let current = self.machine.current(self.now);
        assert_eq!(current.is_some(), !self.lives.is_empty(), "what there is");
        if let Some((generation, age)) = current {
            assert_eq!(generation, self.generation);
            self.check_age(age);
        }
        let Some(quiet) = self.machine.quiet_for(self.now) else { return };
        assert!(self.is_served() && !self.closed, "quiet, and nothing serves");
        // Until then callers do not ask, and the hit looks at two clocks: it must not outlive the token on either.
        let mut last = self.now;
        let by = nanos(quiet).saturating_sub(1).min(u64::MAX / 4);
        last.monotonic += by;
        last.wall += by;
        last.boot = last.boot.map(|boot| boot + by);
        if by > 0 {
            let age = self.machine.current(last).map(|(_, age)| age);
            assert!(age.is_some_and(|age| age.phase != Phase::Expired), "it ends before it is looked at again");
        }
    }

    fn check_age(&self, age: Age) {
        assert!(age.phase == Phase::Expired || self.is_alive(), "it serves, and is over");
        assert!(age.phase == Phase::Expired || age.remaining.is_none_or(|left| !left.is_zero()));
    }
}
