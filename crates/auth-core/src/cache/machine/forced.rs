//! A token was answered 401, or anything else.

use std::time::{Duration, SystemTime};

use super::{Ask, Machine, Reason};
use crate::runtime::{Moment, nanos};
use crate::{Error, ErrorKind, Policy};

/// When the next fetch may be forced by a 401. Times are steady nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Forced {
    started: Option<u64>,
    not_before: u64,
    failures: u32,
    /// Forced fetches in a row that did not help: the same token, or one that was rejected straight away.
    fruitless: u32,
}

impl Forced {
    pub(super) fn is_pending(&self) -> bool {
        self.failures > 0 || self.fruitless > 0
    }

    pub(super) fn allow(&mut self) {
        *self = Self::default();
    }

    pub(super) fn failed(&mut self, policy: &Policy, steady: u64) {
        self.failures = self.failures.saturating_add(1);
        self.not_before = steady.saturating_add(nanos(policy.forced_after_failure.after(self.failures)));
    }

    pub(super) fn fruitless(&mut self, policy: &Policy, steady: u64) {
        self.failures = 0;
        self.fruitless = self.fruitless.saturating_add(1);
        self.not_before = steady.saturating_add(nanos(policy.forced_without_progress.after(self.fruitless)));
    }

    pub(super) fn brought_new(&mut self, policy: &Policy) {
        self.failures = 0;
        self.not_before = self.after_interval(policy);
    }

    /// Any answer but 401 with the current token: the doubling starts over, the least interval stays.
    fn proven(&mut self, policy: &Policy) {
        self.failures = 0;
        self.fruitless = 0;
        self.not_before = self.not_before.min(self.after_interval(policy));
    }

    fn after_interval(&self, policy: &Policy) -> u64 {
        self.started.map_or(0, |started| started.saturating_add(nanos(policy.forced_interval)))
    }
}

/// Why a 401 is returned as it is; with the time from when a fetch may be forced again, if that is known.
pub(crate) fn not_forced(retry_at: Option<SystemTime>) -> Error {
    let message = "the API answered 401, and no new token is fetched for that yet: the last such fetch was too recent, or \
                   did not help";
    Error::new(ErrorKind::Rejected, message).with_retry_at(retry_at)
}

impl Machine {
    /// The token of `generation` was answered 401: serve a newer one, wait for one, or fail with the 401.
    pub(crate) fn rejected(&mut self, generation: u64, now: Moment) -> Ask {
        let steady = now.steady();
        if self.closed {
            return Ask::Fail(not_forced(None));
        }
        let phase = self.usable(now).map(|age| age.phase);
        if let Some(current) = self.current.as_mut() {
            if current.generation > generation && phase.is_some() {
                return Ask::Serve(None);
            }
            if current.generation == generation {
                current.suspect = true;
                if std::mem::take(&mut current.unproven) {
                    self.forced.fruitless(&self.policy, steady);
                }
            }
        }
        if self.flight.is_some() {
            return Ask::Wait(None);
        }
        let from = self.forced.not_before.max(self.not_before);
        if steady < from {
            return Ask::Fail(not_forced(now.wall().checked_add(Duration::from_nanos(from - steady))));
        }
        if phase.is_none()
            && let Some(error) = self.kept_failure(now)
        {
            return Ask::Fail(error);
        }
        self.forced.started = Some(steady);
        self.forced.not_before = self.forced.after_interval(&self.policy);
        let start = self.start(Reason::Rejected { generation }, now, true);
        Ask::Wait(Some(start))
    }

    /// A request with the token of `generation` got an answer other than a rejection.
    pub(crate) fn answered(&mut self, generation: u64) {
        if let Some(current) = self.current.as_mut().filter(|current| current.generation == generation) {
            current.suspect = false;
            current.unproven = false;
            self.forced.proven(&self.policy);
        }
    }
}
