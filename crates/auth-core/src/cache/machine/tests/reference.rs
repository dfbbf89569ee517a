//! The rules of refreshing a second time, written to be read beside them and not to be fast: whole milliseconds, a table in
//! place of formulas, and everything that can be asked again is not remembered.

use crate::Reason;

/// Life, soft lead, hard lead, first pause: a quarter of the life up to 6 h, a tenth up to 30 s, a tenth of the quarter
/// between 1 s and 30 s.
pub(super) const LIVES: [[u64; 4]; 4] = [
    [60_000, 15_000, 6_000, 1_500],
    [600_000, 150_000, 30_000, 15_000],
    [3_600_000, 900_000, 30_000, 30_000],
    [86_400_000, 21_600_000, 30_000, 30_000],
];

#[derive(Clone, Copy, Debug)]
pub(super) struct Time {
    pub(super) monotonic: u64,
    pub(super) wall: u64,
    pub(super) boot: Option<u64>,
}

impl Time {
    pub(super) fn steady(self) -> u64 {
        self.boot.unwrap_or(self.monotonic)
    }

    /// How much time has passed, by each clock.
    fn since(self, then: Self) -> (u64, u64, Option<u64>) {
        let boot = self.boot.zip(then.boot).map(|(now, then)| now.saturating_sub(then));
        (self.monotonic.saturating_sub(then.monotonic), self.wall.saturating_sub(then.wall), boot)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Phase {
    Fresh,
    Soft,
    Hard,
    Over,
}

/// Why a flight was started, and whether its starter lends its thread.
pub(super) type Begun = Option<(Reason, bool)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Get {
    Serve(Begun),
    Wait(Begun),
    Fail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Valid,
    Left(u64),
    Fresh,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Transient,
    OnceOnly,
    Permanent,
    Person,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Again(u64),
    Store(u64),
    Same(u64),
    Failed,
    Dropped,
}

/// A token as an attempt brings it. `life` is a row of [`LIVES`], or none at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Came {
    pub(super) asked: Time,
    pub(super) life: Option<[u64; 4]>,
    pub(super) same: bool,
    pub(super) jitter: f64,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    generation: u64,
    came: Came,
    life: [u64; 4],
    unproven: bool,
}

#[derive(Clone, Copy, Debug)]
struct Flight {
    reason: Reason,
    started: Time,
    attempts: u32,
    changes: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) now: Time,
    token: Option<Token>,
    generations: u64,
    flight: Option<Flight>,
    changes: u64,
    /// Times before which this is not done: all of it; a refresh in the soft, in the hard phase; a flight for a wish; a
    /// flight after a 401; a flight without a token.
    alone: u64,
    soft: u64,
    hard: u64,
    wish: u64,
    forced: u64,
    kept: u64,
    forced_at: Option<u64>,
    early_failures: u32,
    forced_failures: u32,
    fruitless: u32,
    failures: u32,
    closed: bool,
}

fn doubled(first: u64, most: u64, times: u32) -> u64 {
    (first << (times - 1).min(20)).min(most)
}

fn share(of: u64, part: f64) -> u64 {
    (of as f64 * part).round() as u64
}

impl Reference {
    pub(super) fn new(now: Time) -> Self {
        Self {
            now,
            token: None,
            generations: 0,
            flight: None,
            changes: 0,
            alone: 0,
            soft: 0,
            hard: 0,
            wish: 0,
            forced: 0,
            kept: 0,
            forced_at: None,
            early_failures: 0,
            forced_failures: 0,
            fruitless: 0,
            failures: 0,
            closed: false,
        }
    }

    pub(super) fn generation(&self) -> Option<u64> {
        self.token.map(|token| token.generation)
    }

    pub(super) fn is_flying(&self) -> bool {
        self.flight.is_some()
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    fn phase_of(&self, came: &Came, life: [u64; 4]) -> Phase {
        let [end, soft, hard, _] = life;
        let phase = |age| match age {
            age if age >= end => Phase::Over,
            age if age >= end - hard => Phase::Hard,
            age if age >= end - soft + share(soft / 5, came.jitter) => Phase::Soft,
            _ => Phase::Fresh,
        };
        // The older of the clocks; but a wall clock that alone says that it is over may have been set.
        let (monotonic, wall, boot) = self.now.since(came.asked);
        let counted = monotonic.max(boot.unwrap_or(0));
        match phase(counted.max(wall)) {
            Phase::Over if boot.is_some() && phase(counted) == Phase::Fresh => Phase::Soft,
            Phase::Over if boot.is_some() => phase(counted),
            phase => phase,
        }
    }

    fn left(&self, token: &Token) -> u64 {
        let (monotonic, wall, boot) = self.now.since(token.came.asked);
        let counted = monotonic.max(boot.unwrap_or(0));
        let left = |age| token.life[0].saturating_sub(age);
        if boot.is_some() && left(wall) == 0 { left(counted) } else { left(counted.max(wall)) }
    }

    fn usable(&self) -> Option<(Token, Phase)> {
        let token = self.token?;
        let phase = self.phase_of(&token.came, token.life);
        (phase != Phase::Over).then_some((token, phase))
    }

    fn start(&mut self, reason: Reason, inline: bool) -> Begun {
        self.flight = Some(Flight { reason, started: self.now, attempts: 1, changes: self.changes });
        Some((reason, inline))
    }

    /// Gives up a flight that is older than twice its 30 s.
    pub(super) fn give_up(&mut self) -> bool {
        let age = self.flight.map(|flight| self.now.since(flight.started));
        let over = age.is_some_and(|(monotonic, wall, boot)| monotonic.max(boot.unwrap_or(wall)) > 60_000);
        self.flight.take_if(|_| over).is_some()
    }

    pub(super) fn ask(&mut self, wish: Wish) -> Get {
        let now = self.now.steady();
        let Some((token, phase)) = self.usable().filter(|_| !self.closed) else {
            if self.closed || (self.flight.is_none() && now < self.kept.max(self.alone)) {
                return Get::Fail;
            }
            let reason = if self.generations == 0 { Reason::First } else { Reason::Due };
            return Get::Wait(if self.is_flying() { None } else { self.start(reason, true) });
        };
        let met = wish == Wish::Valid || matches!(wish, Wish::Left(least) if self.left(&token) >= least);
        if !met {
            return match self.flight {
                Some(_) => Get::Wait(None),
                None if now < self.alone.max(self.wish) => Get::Serve(None),
                None => Get::Wait(self.start(Reason::Due, true)),
            };
        }
        let from = match phase {
            Phase::Fresh | Phase::Over => u64::MAX,
            Phase::Soft => self.soft,
            Phase::Hard => self.hard,
        };
        let due = !self.is_flying() && now >= self.alone.max(from);
        Get::Serve(if due { self.start(Reason::Early, false) } else { None })
    }

    pub(super) fn rejected(&mut self, generation: u64) -> Get {
        let now = self.now.steady();
        if self.closed {
            return Get::Fail;
        }
        let usable = self.usable().is_some();
        if let Some(token) = &mut self.token {
            if token.generation > generation && usable {
                return Get::Serve(None);
            }
            if token.generation == generation && std::mem::take(&mut token.unproven) {
                self.no_progress();
            }
        }
        if self.is_flying() {
            return Get::Wait(None);
        }
        if now < self.forced.max(self.alone) || (!usable && now < self.kept) {
            return Get::Fail;
        }
        self.forced_at = Some(now);
        self.forced = now + 5_000;
        Get::Wait(self.start(Reason::Rejected { generation }, true))
    }

    fn no_progress(&mut self) {
        self.forced_failures = 0;
        self.fruitless += 1;
        self.forced = self.now.steady() + doubled(5_000, 600_000, self.fruitless);
    }

    pub(super) fn answered(&mut self, generation: u64) {
        if let Some(token) = self.token.as_mut().filter(|token| token.generation == generation) {
            token.unproven = false;
            (self.forced_failures, self.fruitless) = (0, 0);
            self.forced = self.forced.min(self.forced_at.map_or(0, |at| at + 5_000));
        }
    }

    pub(super) fn brought(&mut self, came: Came) -> Said {
        let Some(flight) = self.flight else { return Said::Dropped };
        let forced = matches!(flight.reason, Reason::Rejected { .. });
        if flight.changes != self.changes {
            self.flight = Some(Flight { changes: self.changes, ..flight });
            return self.failed(Failure::Transient, 0, came.jitter);
        }
        let over = came.life.is_none_or(|life| self.phase_of(&came, life) == Phase::Over);
        if let Some(token) = self.token.as_mut().filter(|_| came.same) {
            // Its end stays, unless the clocks disagree about whether it has come: then it was measured wrong.
            let (monotonic, wall, _) = self.now.since(token.came.asked);
            let disagree = (monotonic >= token.life[0]) != (wall >= token.life[0]);
            if let (Some(life), true) = (came.life, disagree && !over) {
                let was = *token;
                if self.phase_of(&was.came, was.life) == Phase::Over {
                    self.token = Some(Token { came, life, ..was });
                }
            }
            let Some((token, _)) = self.usable() else { return self.failed(Failure::OnceOnly, 0, came.jitter) };
            let pause = token.life[3].max(self.left(&token).div_ceil(2));
            self.succeeded();
            let from = self.now.steady() + pause;
            (self.soft, self.hard, self.wish) = (from, from, from);
            if forced {
                self.no_progress();
            }
            return Said::Same(token.generation);
        }
        let Some(life) = came.life.filter(|_| !over) else { return self.failed(Failure::OnceOnly, 0, came.jitter) };
        self.flight = None;
        self.store(came, life, forced)
    }

    /// The answer of a flight that was given up, which began so many changes after the first.
    pub(super) fn late(&mut self, came: Came, changes: u64, once_only: bool) -> Said {
        let newer = self.usable().is_some_and(|(token, _)| token.came.asked.monotonic >= came.asked.monotonic);
        let over = came.life.is_none_or(|life| self.phase_of(&came, life) == Phase::Over);
        match came.life {
            Some(life) if !(self.closed || came.same || over || changes != self.changes || (newer && !once_only)) => {
                self.store(came, life, false)
            }
            _ => Said::Dropped,
        }
    }

    fn store(&mut self, came: Came, life: [u64; 4], forced: bool) -> Said {
        self.generations += 1;
        let flight = self.flight;
        self.succeeded();
        self.flight = flight;
        self.wish = self.now.steady() + life[3];
        if forced {
            self.forced_failures = 0;
            self.forced = self.forced_at.map_or(0, |at| at + 5_000);
        }
        self.token = Some(Token { generation: self.generations, came, life, unproven: forced });
        Said::Store(self.generations)
    }

    fn succeeded(&mut self) {
        self.flight = None;
        (self.soft, self.hard, self.wish, self.kept, self.alone) = (0, 0, 0, 0, 0);
        (self.early_failures, self.failures) = (0, 0);
    }

    pub(super) fn failed(&mut self, failure: Failure, retry_after: u64, jitter: f64) -> Said {
        let Some(flight) = self.flight else { return Said::Dropped };
        let now = self.now.steady();
        let asked = retry_after.min(3_600_000);
        self.alone = self.alone.max(if asked > 0 { now + asked } else { 0 });
        let usable = self.usable();
        let most = if flight.reason == Reason::Early && usable.is_some() { 1 } else { 3 };
        let pause = share(doubled(250, 1_000, flight.attempts), jitter).max(asked);
        let lasted = self.now.since(flight.started).0;
        if failure == Failure::Transient && flight.attempts < most && !self.closed && lasted + pause < 30_000 {
            self.flight = Some(Flight { attempts: flight.attempts + 1, ..flight });
            return Said::Again(pause);
        }
        self.flight = None;
        if matches!(flight.reason, Reason::Rejected { .. }) {
            self.forced_failures += 1;
            self.forced = now + doubled(1_000, 30_000, self.forced_failures);
        }
        if let Some((token, _)) = usable {
            self.early_failures += 1;
            let sway = if jitter == 0.0 { 1.0 } else { 0.8 };
            self.soft = now + share(doubled(token.life[3], 300_000, self.early_failures), sway);
            (self.hard, self.wish) = (self.soft.min(now + 1_000), self.soft);
        } else {
            self.failures += 1;
            self.kept = now
                + match failure {
                    Failure::Transient | Failure::OnceOnly => doubled(1_000, 30_000, self.failures),
                    Failure::Permanent => doubled(5_000, 60_000, self.failures),
                    Failure::Person => 120_000,
                };
        }
        Said::Failed
    }

    pub(super) fn retry(&mut self) {
        (self.soft, self.hard, self.wish, self.kept, self.forced) = (0, 0, 0, 0, 0);
        (self.early_failures, self.failures, self.forced_failures, self.fruitless) = (0, 0, 0, 0);
        self.forced_at = None;
    }

    pub(super) fn invalidate(&mut self) {
        self.token = None;
        self.retry();
    }

    pub(super) fn changed(&mut self) {
        self.changes += 1;
        self.invalidate();
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
    }
}
