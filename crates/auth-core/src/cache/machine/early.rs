//! Pauses between refreshes while the present token still serves.

use std::time::Duration;

use super::life::{Life, Phase};
use crate::Policy;
use crate::runtime::nanos;

/// When the next refresh may start. Times are steady nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Early {
    failures: u32,
    failed_at: u64,
    /// In the soft phase, no refresh before this.
    soft_from: u64,
    /// In the hard phase, no refresh before this.
    hard_from: u64,
    /// No flight for a caller who wants more life than the present token has, before this.
    pub(super) demands_from: u64,
}

impl Early {
    pub(super) fn not_before(&self, phase: Phase, policy: &Policy) -> u64 {
        match phase {
            Phase::Hard if self.failures > 0 => {
                self.soft_from.min(self.failed_at.saturating_add(nanos(policy.hard_pause)))
            }
            Phase::Hard => self.hard_from,
            _ => self.soft_from,
        }
    }

    /// A new token: no failures, and no second flight for demanding callers within the pause.
    pub(super) fn refreshed(life: &Life, steady: u64) -> Self {
        Self { demands_from: steady.saturating_add(nanos(life.pause)), ..Self::default() }
    }

    /// The same token again: it makes no sense to ask before half of what is left has passed.
    pub(super) fn same_token(life: &Life, remaining: Option<Duration>, steady: u64) -> Self {
        let pause = remaining.map_or(life.pause, |remaining| life.pause.max(remaining / 2));
        let from = steady.saturating_add(nanos(pause));
        Self { soft_from: from, hard_from: from, demands_from: from, ..Self::default() }
    }

    /// A failure: the pause doubles, ±20 %.
    pub(super) fn failed(&mut self, life: &Life, policy: &Policy, random: f64, steady: u64) {
        self.failures = self.failures.saturating_add(1);
        let doublings = (self.failures - 1).min(31);
        let pause = life.pause.saturating_mul(1 << doublings).min(policy.early_pause_max);
        // Uniform in (-1, 1), and 0 for 0, so that a runtime without randomness has no jitter.
        let sway = if random < 0.5 { 2.0 * random } else { 2.0 * random - 2.0 };
        let pause = pause.mul_f64(1.0 + 0.2 * policy.jitter * sway);
        self.failed_at = steady;
        self.soft_from = steady.saturating_add(nanos(pause));
        self.demands_from = self.soft_from;
    }
}
