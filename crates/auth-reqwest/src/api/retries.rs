//! What is repeated, and when.

use std::time::Duration;

use http::StatusCode;

/// When a request that failed is sent again, outside of the authentication: each try has a token that is valid then.
///
/// Only idempotent requests are repeated (RFC 9110 section 9.2.2, or those that [say so](super::ApiRequest::idempotent)), and
/// only if the body is still there; after 429, 502, 503 and 504, and if there was no answer at all. A token that could not
/// be had is no reason: its acquisition was repeated already, and nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retries {
    most: u32,
    first_pause: Duration,
    longest_pause: Duration,
    longest_wait: Duration,
}

impl Default for Retries {
    /// Two retries, after about half a second and a second; a `Retry-After` of up to a minute is waited for.
    fn default() -> Self {
        Self {
            most: 2,
            // A connection that was reset, or a server that restarts, is back by then; a person hardly notices.
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(8),
            // Longer than that, the caller has better things to do: the error says how long.
            longest_wait: Duration::from_secs(60),
        }
    }
}

impl Retries {
    /// Nothing is repeated.
    pub fn none() -> Self {
        Self::default().at_most(0)
    }

    /// How often a request is repeated. Default: 2.
    #[must_use]
    pub fn at_most(mut self, most: u32) -> Self {
        self.most = most;
        self
    }

    /// The pause before the first retry, and the longest; each pause is twice the one before, less up to half of it at
    /// random, so that clients do not come back all at once. Default: 500 ms and 8 s.
    #[must_use]
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        (self.first_pause, self.longest_pause) = (first, longest);
        self
    }

    /// The longest `Retry-After` (RFC 9110 section 10.2.3) that is waited for. A server that wants to be left alone for
    /// longer is left alone: the error is returned at once, and says for how long. Default: 60 s.
    #[must_use]
    pub fn longest_wait(mut self, longest: Duration) -> Self {
        self.longest_wait = longest;
        self
    }

    pub(super) fn allows(&self, made: u32) -> bool {
        made < self.most
    }

    /// Whether an answer may be another one later.
    pub(super) fn is_passing(status: StatusCode) -> bool {
        matches!(status.as_u16(), 429 | 502 | 503 | 504)
    }

    /// How long to wait after `made` retries, or `None` if the server asks for more than that. `random` is in `[0, 1)`.
    pub(super) fn pause(&self, made: u32, asked: Option<Duration>, random: f64) -> Option<Duration> {
        let doubled = self.first_pause.saturating_mul(1 << made.min(16)).min(self.longest_pause);
        let own = doubled.mul_f64(1.0 - random / 2.0);
        match asked {
            Some(asked) if asked > self.longest_wait => None,
            Some(asked) => Some(own.max(asked)),
            None => Some(own),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit_and_the_server_may_ask_for_more() {
        let retries = Retries::default();
        let ms = |made, asked: Option<u64>, random| {
            retries.pause(made, asked.map(Duration::from_secs), random).map(|pause| pause.as_millis())
        };
        assert_eq!([0, 1, 2, 3, 4, 60].map(|made| ms(made, None, 0.0)), [500, 1000, 2000, 4000, 8000, 8000].map(Some));
        assert_eq!(ms(1, None, 0.5), Some(750));
        assert_eq!((ms(0, Some(3), 0.5), ms(0, Some(0), 0.0)), (Some(3000), Some(500)));
        assert_eq!((ms(0, Some(60), 0.0), ms(0, Some(61), 0.0)), (Some(60_000), None));
    }
}
