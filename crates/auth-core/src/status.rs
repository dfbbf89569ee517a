//! What is known about a credential at one moment, for people.

use std::time::{Duration, SystemTime};

use crate::Error;
use crate::cache::{Phase, Report};

/// Where a credential stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// There is no token yet.
    Empty,
    /// The token serves, and nothing is to be done.
    Fresh,
    /// The token serves; a refresh is due in the background.
    Soft,
    /// The token serves for the last moments; refreshes hurry.
    Hard,
    /// The token has ended and is not attached any more.
    Expired,
    /// The authenticator was shut down.
    Closed,
}

/// What is known about a credential at one moment.
#[derive(Clone, Debug)]
pub struct Status {
    stage: Stage,
    generation: Option<u64>,
    fingerprint: Option<String>,
    remaining: Option<Duration>,
    refresh_in: Option<Duration>,
    expires_at: Option<SystemTime>,
    suspect: bool,
    refreshing: bool,
    last_error: Option<Error>,
}

impl Status {
    pub(crate) fn of(report: Report) -> Self {
        let age = report.current.as_ref().map(|(_, age)| *age);
        let stage = match age.map(|age| age.phase) {
            _ if report.closed => Stage::Closed,
            None => Stage::Empty,
            Some(Phase::Fresh) => Stage::Fresh,
            Some(Phase::Soft) => Stage::Soft,
            Some(Phase::Hard) => Stage::Hard,
            Some(Phase::Expired) => Stage::Expired,
        };
        let valid = !matches!(stage, Stage::Expired | Stage::Closed);
        let remaining = age.and_then(|age| age.remaining).filter(|_| valid);
        let refresh_in = remaining.and(age).map(|age| if stage == Stage::Fresh { age.next } else { Duration::ZERO });
        let snapshot = report.current.map(|(snapshot, _)| snapshot);
        Self {
            stage,
            generation: snapshot.as_ref().map(|snapshot| snapshot.generation),
            fingerprint: snapshot.and_then(|snapshot| snapshot.token.secret().map(crate::Secret::fingerprint)),
            remaining,
            refresh_in,
            expires_at: remaining.and_then(|remaining| report.now.wall().checked_add(remaining)),
            suspect: report.suspect,
            refreshing: report.refreshing,
            last_error: report.last_error,
        }
    }

    /// Where it stands.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The token's generation: 1 for the first, one more for each that replaced it.
    pub fn generation(&self) -> Option<u64> {
        self.generation
    }

    /// The first 8 hex digits of the token's SHA-256.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// How long the token still serves; `None` if there is none, or if its end is unknown.
    pub fn remaining(&self) -> Option<Duration> {
        self.remaining
    }

    /// How long until a refresh of the token is due: zero if it is, `None` if there is no valid one, or if its end is unknown.
    /// For programs that hand the token on: they come back then, and ask for
    /// [more life than is left](crate::Authenticator::token).
    pub fn refresh_in(&self) -> Option<Duration> {
        self.refresh_in
    }

    /// The token's end on the wall clock; `None` if there is no token, or if its end is unknown.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// Whether the token was answered 401, and nothing else since.
    pub fn is_suspect(&self) -> bool {
        self.suspect
    }

    /// Whether a fetch is under way.
    pub fn is_refreshing(&self) -> bool {
        self.refreshing
    }

    /// Why the last fetch failed, or the last attempt of the one that is under way, until one succeeds.
    pub fn last_error(&self) -> Option<&Error> {
        self.last_error.as_ref()
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests {
    use crate::runtime::{FakeRuntime, Runtime as _};
    use crate::{Authenticator, Error, Token, source_fn};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    /// Whoever gives up waiting wants to know what went wrong so far.
    #[test]
    fn what_an_attempt_failed_by_is_known_while_the_next_one_is_under_way() {
        let (clock, is_first) = (FakeRuntime::new(), AtomicBool::new(true));
        let source = source_fn(move |_cx| {
            let is_first = is_first.swap(false, Ordering::SeqCst);
            async move {
                if is_first {
                    return Err(Error::transient("the first attempt"));
                }
                std::future::pending::<Result<Token, Error>>().await
            }
        });
        let auth = Authenticator::builder(source).anywhere().runtime(clock.clone()).build().unwrap();
        let failure = || auth.status().last_error().map(ToString::to_string);
        assert_eq!(failure(), None);
        let token = auth.token(Duration::ZERO);
        let task = Box::pin(async move { drop(token.await) });
        let _abort = clock.spawn(task).ok().unwrap();
        clock.advance(Duration::from_secs(1));
        assert!(auth.status().is_refreshing());
        assert!(failure().unwrap().contains("the first attempt"));
        clock.advance(Duration::from_secs(60));
        assert!(failure().unwrap().contains("in time"), "that of the whole fetch");
    }
}
