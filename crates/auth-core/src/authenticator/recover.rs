//! What to do after a 401: send once more with another token, wait for one, or return the response.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::{Authenticator, Credential};
use crate::cache::{Answer, Waiter};
use crate::runtime::{Moment, Sleep};
use crate::{Error, ErrorKind};

/// What to do after a rejection.
#[derive(Debug)]
pub enum Recovery {
    /// There is a newer token: send once more with it.
    Resend(Credential),
    /// A newer one may come: wait for it.
    Wait(Recover),
    /// Return the 401; this is why there is no other token.
    Return(Error),
}

impl Authenticator {
    /// The token of `generation` was rejected. If there is no newer one, this starts a fetch, as far as the policy allows
    /// (the first at once, then at most one per 5 s, fewer if they do not help).
    ///
    /// A request that can't be sent again need not wait: drop the [`Recovery`], and the fetch goes on for the next one.
    pub fn recover(&self, generation: u64) -> Recovery {
        match self.0.cache.rejected(generation) {
            Answer::Token(snapshot) => Recovery::Resend(Credential(snapshot)),
            Answer::Fail(error) => Recovery::Return(error),
            Answer::Wait(flight) => {
                let policy = self.0.cache.policy();
                let (limit, setting) = match policy.acquire_timeout {
                    Some(own) if own < policy.rejection_wait => (own, "policy.acquire_timeout"),
                    _ => (policy.rejection_wait, "policy.rejection_wait"),
                };
                let waiter = Waiter::new(Arc::clone(&self.0.cache), flight, Some(limit), setting);
                Recovery::Wait(Recover { rejected: generation, waiter })
            }
        }
    }
}

impl Authenticator {
    /// A timer for whatever else a request waits for after a 401: it fires when `policy.rejection_wait` (10 s) has passed.
    pub fn rejection_timer(&self) -> Sleep {
        self.timer(self.0.cache.policy().rejection_wait)
    }

    /// A timer on the authenticator's own clock, for limits that a request brings along: it fires when `time` has passed
    /// from now.
    pub fn timer(&self, time: Duration) -> Sleep {
        let runtime = self.0.cache.runtime();
        runtime.sleep_until(runtime.now().monotonic().saturating_add(time))
    }

    /// The time on the authenticator's own clocks, for what an adapter counts or compares with a date.
    pub fn now(&self) -> Moment {
        self.0.cache.runtime().now()
    }

    /// A random number of the authenticator's runtime, uniform in `[0, 1)`, for jitter.
    pub fn random(&self) -> f64 {
        self.0.cache.runtime().random()
    }
}

/// A future that brings a token newer than a rejected one, within 10 s (`policy.rejection_wait`). Dropping it cancels
/// nothing.
#[must_use = "a future does nothing unless it is polled"]
pub struct Recover {
    rejected: u64,
    waiter: Waiter,
}

impl Future for Recover {
    type Output = Result<Credential, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let landing = ready!(Pin::new(&mut self.waiter).poll(cx));
        // What counts is what is valid now, which may be newer than what landed.
        let newer = self.waiter.cache().valid_token().filter(|token| token.generation > self.rejected);
        Poll::Ready(match (newer, landing) {
            (Some(snapshot), _) => Ok(Credential(snapshot)),
            (None, Err(error)) => Err(error),
            (None, Ok(_)) => {
                let message = "the token was answered 401, and the source brought the same one again";
                Err(Error::new(ErrorKind::Rejected, message))
            }
        })
    }
}

impl fmt::Debug for Recover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recover").field("rejected", &self.rejected).finish_non_exhaustive()
    }
}
