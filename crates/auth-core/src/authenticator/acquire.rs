//! Waiting for a token.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue};

use crate::cache::{Answer, Cache, Demand, Flight, Snapshot, Waiter, lifetime};
use crate::runtime::Moment;
use crate::{Error, ErrorKind, Secret, jwt};

/// A valid token, rendered. It stays what it is when a newer one replaces it.
#[derive(Clone)]
pub struct Credential(pub(crate) Arc<Snapshot>);

impl Credential {
    /// The secret, or `None` if nothing is attached.
    pub fn secret(&self) -> Option<&Secret> {
        self.0.token.secret()
    }

    /// When it is attached no more, by this machine's clock: its end as it is stated or, by a source's
    /// [`default_lifetime`](crate::Token::default_lifetime), assumed, less [`Policy::expiry_margin`](crate::Policy). `None` if
    /// nobody knows it. Counted from the moment before it was asked for, so no later than the issuer's.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.0.end()
    }

    /// What the token says of itself if it is a JWT (RFC 7519 section 4), else `None`. Decoded and **not verified**: whoever made
    /// it up may have written anything. For people who look at their own token; it decides nothing.
    pub fn claims(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        jwt::claims(self.secret()?.expose())
    }

    /// 1 for the first token, one more for each that replaced it.
    pub fn generation(&self) -> u64 {
        self.0.generation
    }

    /// How much longer it serves at `now` ([`Authenticator::now`](crate::Authenticator::now)), as the issuer or the token itself
    /// states it. `None` if nobody does: a source's [`default_lifetime`](crate::Token::default_lifetime) is an assumption, and the
    /// token may live for years.
    pub fn stated_remaining(&self, now: Moment) -> Option<Duration> {
        self.0.remaining(now).filter(|_| lifetime::is_stated(&self.0.token))
    }

    /// The headers it puts on a request, marked sensitive.
    pub fn headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.0.headers.iter().map(|(name, value)| (name, value))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("generation", &self.generation()).field("secret", &self.secret()).finish()
    }
}

/// A future that brings a valid token. Dropping it cancels nothing and wedges nobody: the fetch belongs to the cache.
#[must_use = "a future does nothing unless it is polled"]
pub struct Acquire {
    demand: Demand,
    state: State,
    /// How often a flight was of no use to this caller, through no fault of the issuer's.
    asked_again: u8,
}

/// A flight may be lost, or its token outdated before this caller looks; after this often something else is wrong.
const MAX_ASKED_AGAIN: u8 = 2;

enum State {
    Ask(Arc<Cache>),
    Wait(Waiter),
}

impl Acquire {
    pub(super) fn asking(cache: Arc<Cache>, demand: Demand) -> Self {
        Self { demand, state: State::Ask(cache), asked_again: 0 }
    }

    pub(super) fn waiting(cache: Arc<Cache>, demand: Demand, flight: Arc<Flight>) -> Self {
        Self { demand, state: State::Wait(waiter(cache, flight)), asked_again: 0 }
    }
}

/// A waiter as long as the policy lets callers wait.
fn waiter(cache: Arc<Cache>, flight: Arc<Flight>) -> Waiter {
    let limit = cache.policy().acquire_timeout;
    Waiter::new(cache, flight, limit, "policy.acquire_timeout")
}

impl Future for Acquire {
    type Output = Result<Credential, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            match &mut this.state {
                State::Ask(cache) => match cache.ask(this.demand) {
                    Answer::Token(snapshot) => return Poll::Ready(Ok(Credential(snapshot))),
                    Answer::Fail(error) => return Poll::Ready(Err(error)),
                    Answer::Wait(flight) => {
                        this.state = State::Wait(waiter(Arc::clone(cache), flight));
                    }
                },
                State::Wait(waiter) => {
                    let landing = ready!(Pin::new(&mut *waiter).poll(cx));
                    let valid = waiter.cache().valid_token();
                    let more_than_valid = std::mem::replace(&mut this.demand, Demand::Valid) != Demand::Valid;
                    let (again, otherwise) = match (landing, valid) {
                        // A caller may be polled long after the flight landed: what counts is what is valid now.
                        (Ok(_), Some(valid)) => return Poll::Ready(Ok(Credential(valid))),
                        // Closed in between: whoever was waiting before that still gets what it waited for, while it is good.
                        (Ok(landed), None) if waiter.cache().is_closed() => {
                            let is_alive = landed.is_alive(waiter.cache().runtime().now());
                            return Poll::Ready(if is_alive { Ok(Credential(landed)) } else { Err(closed()) });
                        }
                        (Ok(_), None) => (true, Error::transient("tokens end faster than they can be fetched")),
                        // Whoever asked for more than a valid token takes a valid one.
                        (Err(_), Some(valid)) if more_than_valid => return Poll::Ready(Ok(Credential(valid))),
                        // Another caller's runtime died with the flight on it: nobody's fault.
                        (Err(error), _) => (error.is_flight_dropped(), error),
                    };
                    if !again || this.asked_again >= MAX_ASKED_AGAIN {
                        return Poll::Ready(Err(otherwise));
                    }
                    this.asked_again += 1;
                    this.state = State::Ask(Arc::clone(waiter.cache()));
                }
            }
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the authenticator was shut down, and the token that was waited for is over")
}

impl fmt::Debug for Acquire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire").field("demand", &self.demand).finish_non_exhaustive()
    }
}
