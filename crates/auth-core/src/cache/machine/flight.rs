//! The one acquisition that may be under way.

use std::time::Duration;

use super::Machine;
use crate::Reason;
use crate::runtime::Moment;

/// Names one acquisition, so that a late result is known for what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FlightId(pub(crate) u64);

/// The decision to begin an acquisition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) id: FlightId,
    pub(crate) reason: Reason,
    /// Whether the caller lends its thread for the first step, because it would wait anyway or the source is local.
    pub(crate) inline: bool,
    /// The least life that whoever started it asks for.
    pub(crate) wanted: Duration,
}

/// A flight was given up because it was twice as old as it may become: its machine was frozen, or its runtime is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Abandoned(pub(crate) FlightId);

#[derive(Debug)]
pub(super) struct Flight {
    pub(super) id: FlightId,
    pub(super) reason: Reason,
    pub(super) started: Moment,
    /// How long it may take, in nanoseconds; a source may have asked for more than the policy says.
    limit: u64,
    pub(super) attempts: u32,
    pub(super) epoch: u64,
}

impl Flight {
    pub(super) fn new(id: FlightId, reason: Reason, started: Moment, limit: u64, epoch: u64) -> Self {
        Self { id, reason, started, limit, attempts: 0, epoch }
    }

    /// Its age, sleep included: by the boot clock, or by the wall clock where there is none. A stepped wall clock is no
    /// reason to give a healthy flight up.
    fn age(&self, now: Moment) -> u64 {
        let monotonic = now.monotonic.saturating_sub(self.started.monotonic);
        let asleep = match (now.boot, self.started.boot) {
            (Some(now), Some(then)) => now.saturating_sub(then),
            _ => now.wall.saturating_sub(self.started.wall),
        };
        monotonic.max(asleep)
    }

    fn is_overdue(&self, now: Moment) -> bool {
        self.age(now) > self.limit.saturating_mul(2)
    }

    pub(super) fn left_until_overdue(&self, now: Moment) -> Duration {
        Duration::from_nanos(self.limit.saturating_mul(2).saturating_add(1).saturating_sub(self.age(now)))
    }

    /// Whether a retry that starts after `pause` would still lie within the flight.
    pub(super) fn has_time_for(&self, pause: Duration, now: Moment) -> bool {
        Duration::from_nanos(now.monotonic.saturating_sub(self.started.monotonic)).saturating_add(pause)
            < Duration::from_nanos(self.limit)
    }
}

impl Machine {
    /// Gives up a flight that is overdue.
    pub(crate) fn abandon_overdue(&mut self, now: Moment) -> Option<Abandoned> {
        let flight = self.flight.take_if(|flight| flight.is_overdue(now))?;
        Some(Abandoned(flight.id))
    }

    /// The flight's source was granted more time than the policy gives.
    pub(crate) fn extend(&mut self, id: FlightId, limit: u64) {
        if let Some(flight) = self.flight.as_mut().filter(|flight| flight.id == id) {
            flight.limit = flight.limit.max(limit);
        }
    }

    /// The flight under way.
    pub(crate) fn flight(&self) -> Option<FlightId> {
        self.flight.as_ref().map(|flight| flight.id)
    }
}
