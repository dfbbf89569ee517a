//! The engine's numbers, each with its reason.

use std::time::Duration;

use crate::Error;

/// A pause that doubles with every failure in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backoff {
    /// The pause after the first failure.
    pub first: Duration,
    /// The longest pause.
    pub max: Duration,
}

impl Backoff {
    /// A pause of `first`, doubling up to `max`.
    pub const fn new(first: Duration, max: Duration) -> Self {
        Self { first, max }
    }

    const fn secs(first: u64, max: u64) -> Self {
        Self { first: Duration::from_secs(first), max: Duration::from_secs(max) }
    }

    /// The pause after `failures` failures in a row (from 1).
    pub(crate) fn after(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.first.saturating_mul(1 << doublings).min(self.max)
    }
}

/// When tokens are refreshed, how often failures are tried again, and how long callers wait. The defaults suit lifetimes
/// from a minute to days; every number is a field so that it can be changed without a new rule.
///
/// ```
/// use auth_core::Policy;
/// use std::time::Duration;
///
/// let mut policy = Policy::default();
/// policy.expiry_margin = Duration::from_secs(5); // the API's clock runs ahead
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// The share of a token's life that lies between the first early refresh and its end: 0.25. A quarter leaves time for
    /// many attempts without fetching much more often than needed.
    pub refresh_lead: f64,
    /// The longest early-refresh lead: 6 h. A day-long token need not be replaced at noon.
    pub refresh_lead_max: Duration,
    /// How much randomness there is, 0 to 1: 1. It spreads a fleet's refreshes over a fifth of the lead, and pauses by
    /// 20 % either way.
    pub jitter: f64,
    /// The share of a token's life in which attempts hurry: 0.1.
    pub hard_lead: f64,
    /// The longest hurried time: 30 s.
    pub hard_lead_max: Duration,
    /// How long before its end a token counts as expired: 0. Raise it if the API's clock runs ahead of the issuer's.
    pub expiry_margin: Duration,
    /// The first pause after a failed early refresh is a tenth of the lead, but at least this: 1 s.
    pub early_pause_min: Duration,
    /// ... and at most this: 30 s.
    pub early_pause_first_max: Duration,
    /// It doubles with every failure, up to this: 5 min.
    pub early_pause_max: Duration,
    /// The pause while hurried: 1 s.
    pub hard_pause: Duration,
    /// The longest `Retry-After` that is obeyed: 1 h. A server's typing error must not become a day's outage.
    pub retry_after_max: Duration,
    /// Calls of the source in one acquisition that somebody waits for: 3. An early refresh makes one, and comes again after
    /// its pause.
    pub attempts: u32,
    /// Time for one call of the source: 10 s. A source may ask for more.
    pub attempt_timeout: Duration,
    /// Time for one acquisition in all: 30 s.
    pub flight_timeout: Duration,
    /// The pause between calls of one acquisition, doubling, with full jitter: 250 ms.
    pub attempt_pause: Duration,
    /// How long a transient failure is kept while there is no usable token: 1 s doubling to 30 s. Callers get it at once.
    pub keep_transient: Backoff,
    /// The same for permanent failures: 5 s doubling to 60 s, so that a wrong classification does not become an outage.
    pub keep_permanent: Backoff,
    /// The same when a person is needed: 120 s.
    pub keep_interaction: Duration,
    /// The least time between two fetches forced by a 401: 5 s. The first is always allowed.
    pub forced_interval: Duration,
    /// The pause after a forced fetch that failed: 1 s doubling to 30 s.
    pub forced_after_failure: Backoff,
    /// The pause after a forced fetch that brought the same token, or one that was answered 401 before any other answer:
    /// 5 s doubling to 10 min. The API does not want this identity; asking the issuer will not change that.
    pub forced_without_progress: Backoff,
    /// How soon a failed re-read of a local source is tried again: 10 s.
    pub recheck_pause: Duration,
    /// How long a request answered 401 waits for a new token: 10 s. Then the 401 is returned.
    pub rejection_wait: Duration,
    /// How long a caller waits for a token, or `None` for as long as the acquisition may take.
    pub acquire_timeout: Option<Duration>,
    /// Lifetimes are cut to this: 10 years. It keeps arithmetic on clocks away from their ends.
    pub lifetime_max: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            refresh_lead: 0.25,
            refresh_lead_max: Duration::from_secs(6 * 3600),
            jitter: 1.0,
            hard_lead: 0.1,
            hard_lead_max: Duration::from_secs(30),
            expiry_margin: Duration::ZERO,
            early_pause_min: Duration::from_secs(1),
            early_pause_first_max: Duration::from_secs(30),
            early_pause_max: Duration::from_secs(300),
            hard_pause: Duration::from_secs(1),
            retry_after_max: Duration::from_secs(3600),
            attempts: 3,
            attempt_timeout: Duration::from_secs(10),
            flight_timeout: Duration::from_secs(30),
            attempt_pause: Duration::from_millis(250),
            keep_transient: Backoff::secs(1, 30),
            keep_permanent: Backoff::secs(5, 60),
            keep_interaction: Duration::from_secs(120),
            forced_interval: Duration::from_secs(5),
            forced_after_failure: Backoff::secs(1, 30),
            forced_without_progress: Backoff::secs(5, 600),
            recheck_pause: Duration::from_secs(10),
            rejection_wait: Duration::from_secs(10),
            acquire_timeout: None,
            lifetime_max: Duration::from_secs(10 * 365 * 24 * 3600),
        }
    }
}

/// Longer than anything that runs; short enough to compute with.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

impl Policy {
    /// Refuses numbers that would wedge or spin.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let shares = [("refresh_lead", self.refresh_lead), ("hard_lead", self.hard_lead), ("jitter", self.jitter)];
        if let Some((name, _)) = shares.iter().find(|(_, share)| !(0.0..=1.0).contains(share)) {
            return Err(Error::misconfigured(format!("policy.{name} must be between 0 and 1")));
        }
        if self.attempts == 0 {
            return Err(Error::misconfigured("policy.attempts must be at least 1"));
        }
        let durations = [
            ("refresh_lead_max", self.refresh_lead_max),
            ("hard_lead_max", self.hard_lead_max),
            ("expiry_margin", self.expiry_margin),
            ("retry_after_max", self.retry_after_max),
            ("attempt_pause", self.attempt_pause),
            ("rejection_wait", self.rejection_wait),
            ("acquire_timeout", self.acquire_timeout.unwrap_or_default()),
            ("lifetime_max", self.lifetime_max),
        ];
        let pauses = [
            ("attempt_timeout", self.attempt_timeout),
            ("flight_timeout", self.flight_timeout),
            ("early_pause_min", self.early_pause_min),
            ("early_pause_first_max", self.early_pause_first_max),
            ("early_pause_max", self.early_pause_max),
            ("hard_pause", self.hard_pause),
            ("keep_interaction", self.keep_interaction),
            ("forced_interval", self.forced_interval),
            ("recheck_pause", self.recheck_pause),
        ];
        let backoffs = [
            ("keep_transient", self.keep_transient),
            ("keep_permanent", self.keep_permanent),
            ("forced_after_failure", self.forced_after_failure),
            ("forced_without_progress", self.forced_without_progress),
        ];
        if let Some((name, _)) = durations.iter().chain(&pauses).find(|(_, duration)| *duration > CENTURY) {
            return Err(Error::misconfigured(format!("policy.{name} must not be more than 100 years")));
        }
        if let Some((name, _)) = pauses.iter().find(|(_, pause)| pause.is_zero()) {
            return Err(Error::misconfigured(format!("policy.{name} must be more than zero")));
        }
        let wrong = |backoff: &Backoff| backoff.first.is_zero() || backoff.max < backoff.first || backoff.max > CENTURY;
        if let Some((name, _)) = backoffs.iter().find(|(_, backoff)| wrong(backoff)) {
            let message = "must begin above zero and end, within 100 years, no lower than it begins";
            return Err(Error::misconfigured(format!("policy.{name} {message}")));
        }
        Ok(())
    }
}
