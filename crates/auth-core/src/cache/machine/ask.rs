//! A caller wants a token.

use std::time::Duration;

use super::flight::Start;
use super::life::{Age, Phase};
use super::{Machine, Reason};
use crate::runtime::Moment;
use crate::{Error, ErrorKind};

/// What a caller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Any valid token.
    Valid,
    /// One with this much life left, if one fetch can bring it.
    Remaining(Duration),
    /// One newer than the present one, if one fetch can bring it.
    Fresh,
}

impl Demand {
    fn is_met_by(self, age: Age) -> bool {
        match self {
            Self::Valid => true,
            Self::Remaining(wanted) => age.remaining.is_none_or(|remaining| remaining >= wanted),
            Self::Fresh => false,
        }
    }

    /// The least life that is asked for.
    fn life(self) -> Duration {
        match self {
            Self::Remaining(wanted) => wanted,
            Self::Valid | Self::Fresh => Duration::ZERO,
        }
    }
}

/// What a caller gets.
#[derive(Debug)]
pub(crate) enum Ask {
    /// The current token, at once; perhaps something is to be started beside it.
    Serve(Option<Start>),
    /// The result of this flight, which may have to be started.
    Wait(Option<Start>),
    /// A failure, at once.
    Fail(Error),
}

impl Machine {
    /// Decides what a caller gets. A caller waits only when there is no valid token, or when it asked for more life than
    /// the present one has.
    pub(crate) fn ask(&mut self, demand: Demand, now: Moment) -> Ask {
        if self.closed {
            return Ask::Fail(Error::new(ErrorKind::Closed, "the authenticator was shut down"));
        }
        match self.usable(now) {
            None => self.ask_without_token(demand, now),
            Some(age) if !demand.is_met_by(age) => self.ask_for_more(demand, now),
            Some(age) => Ask::Serve(self.refresh_beside(age.phase, now)),
        }
    }

    fn ask_without_token(&mut self, demand: Demand, now: Moment) -> Ask {
        if self.flight.is_some() {
            return Ask::Wait(None);
        }
        if let Some(error) = self.kept_failure(now) {
            return Ask::Fail(error);
        }
        let start = self.start(self.due_reason(), now, true);
        Ask::Wait(Some(Start { wanted: demand.life(), ..start }))
    }

    /// A valid token that is not good enough: one flight, then whatever is newest, and no second flight within the pause.
    fn ask_for_more(&mut self, demand: Demand, now: Moment) -> Ask {
        if self.flight.is_some() {
            return Ask::Wait(None);
        }
        if now.steady() < self.not_before.max(self.early.demands_from) {
            return Ask::Serve(None);
        }
        let start = self.start(Reason::Due, now, true);
        Ask::Wait(Some(Start { wanted: demand.life(), ..start }))
    }

    /// A valid token that serves: perhaps a refresh is due beside it.
    fn refresh_beside(&mut self, phase: Phase, now: Moment) -> Option<Start> {
        let steady = now.steady();
        if self.flight.is_some() || steady < self.not_before {
            return None;
        }
        if phase > Phase::Fresh && steady >= self.early.not_before(phase, &self.policy) {
            return Some(self.start(Reason::Early, now, false));
        }
        let recheck = self.current.as_ref().and_then(|current| current.recheck_at);
        recheck.filter(|at| steady >= *at).map(|_| self.start(Reason::Recheck, now, true))
    }
}
