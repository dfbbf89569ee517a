//! A failure that is kept while there is no usable token, so that callers get it at once and the issuer is left alone.

use std::time::{Duration, UNIX_EPOCH};

use super::Machine;
use crate::runtime::{Moment, nanos};
use crate::{Error, ErrorKind, Policy};

#[derive(Debug)]
pub(super) struct Kept {
    error: Error,
    /// Steady time.
    until: u64,
}

impl Machine {
    /// Keeps a failure for its class's time, which doubles with every failure in a row, and not less than `Retry-After`.
    pub(super) fn keep_failure(&mut self, error: Error, now: Moment) {
        self.failures = self.failures.saturating_add(1);
        let pause = keep_for(error.kind(), self.failures, &self.policy);
        let until = now.steady().saturating_add(nanos(pause)).max(self.not_before);
        self.kept = Some(Kept { error, until });
    }

    /// The failure to answer with, if one is being kept, or if the issuer asked to be left alone.
    pub(super) fn kept_failure(&self, now: Moment) -> Option<Error> {
        let (error, until) = match &self.kept {
            Some(kept) => (&kept.error, kept.until.max(self.not_before)),
            // A flight may have been given up between two attempts: what the last one was told counts all the same.
            None => (self.last_error()?, self.not_before),
        };
        let left = until.checked_sub(now.steady()).filter(|left| *left > 0)?;
        let retry_at = UNIX_EPOCH.checked_add(Duration::from_nanos(now.wall.saturating_add(left)));
        Some(error.clone().with_retry_at(retry_at))
    }
}

fn keep_for(kind: ErrorKind, failures: u32, policy: &Policy) -> Duration {
    match kind {
        ErrorKind::InteractionRequired => policy.keep_interaction,
        ErrorKind::Transient | ErrorKind::Malformed | ErrorKind::Timeout | ErrorKind::ExpiredOnArrival => {
            policy.keep_transient.after(failures)
        }
        _ => policy.keep_permanent.after(failures),
    }
}
