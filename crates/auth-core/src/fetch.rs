//! What a source is told when it is asked for a token.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crate::Transport;
use crate::cache::{Changed, Limits, Snapshot};
use crate::runtime::{Moment, Runtime};
use crate::{Credential, Error, ErrorKind};

/// Why a token is being fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// There has been none yet.
    First,
    /// Ahead of time: the present one still serves.
    Early,
    /// The present one has expired, was invalidated, or has less life left than somebody asked for.
    Due,
    /// A local source is looked at again; the present one still serves.
    Recheck,
    /// The token of this generation was answered 401.
    #[non_exhaustive]
    Rejected {
        /// The generation of the token that was rejected.
        generation: u64,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("first"),
            Self::Early => f.write_str("early"),
            Self::Due => f.write_str("due"),
            Self::Recheck => f.write_str("recheck"),
            Self::Rejected { generation } => write!(f, "rejected {{{generation}}}"),
        }
    }
}

/// The circumstances of one call of a source: why, which attempt, how long it may take, and the transport to use.
#[derive(Clone)]
pub struct FetchContext {
    pub(crate) reason: Reason,
    pub(crate) wanted: Duration,
    /// [`Policy::expiry_margin`](crate::Policy): so much of a token's life does not count.
    #[cfg_attr(not(feature = "store"), allow(dead_code))]
    pub(crate) margin: Duration,
    pub(crate) present: Option<Arc<Snapshot>>,
    pub(crate) attempt: u32,
    pub(crate) started: Moment,
    pub(crate) limits: Arc<Limits>,
    pub(crate) transport: Option<Arc<dyn Transport>>,
    pub(crate) changed: Changed,
    pub(crate) runtime: Arc<dyn Runtime>,
}

impl FetchContext {
    /// Why a token is wanted.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The least life that is asked for: by the caller that started this acquisition, with
    /// [`Authenticator::token`](crate::Authenticator::token). A source that may choose between tokens brings one that has it.
    pub fn wanted(&self) -> Duration {
        self.wanted
    }

    /// The token that is there, valid or not: it is to be replaced. `None` before the first, and after one was forgotten
    /// ([`Authenticator::invalidate`](crate::Authenticator::invalidate)).
    pub fn present(&self) -> Option<Credential> {
        self.present.clone().map(Credential)
    }

    /// Which call of this acquisition it is, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The moment this call was made, on every clock. A token's relative lifetime is counted from here.
    pub fn started(&self) -> Moment {
        self.started
    }

    /// The monotonic time (as [`Runtime::now`](crate::runtime::Runtime::now) counts it) at which this call is given up.
    pub fn deadline(&self) -> Duration {
        Duration::from_nanos(self.limits.attempt_deadline())
    }

    /// The transport of the authenticator, for sources that fetch over HTTP.
    ///
    /// # Errors
    /// [`ErrorKind::Misconfigured`] if none was given.
    pub fn transport(&self) -> Result<&dyn Transport, Error> {
        self.transport.as_deref().ok_or_else(|| {
            Error::new(
                ErrorKind::Misconfigured,
                "this source sends requests but has no transport: call `.transport(..)` on the authenticator's builder",
            )
        })
    }

    /// Asks for more time than the policy's attempt timeout (10 s), from the start of this call: a helper program may
    /// need 60 s. Less than what is already allowed changes nothing.
    pub fn allow(&self, time: Duration) {
        self.limits.allow(self.started, time);
    }

    /// Says that the input about to be sent works only once (a rotating refresh token, a device code). From here on this
    /// acquisition is not repeated on a timeout, and a token that arrives late is kept rather than lost.
    pub fn single_use(&self) {
        self.limits.mark_single_use();
    }

    /// The time now, on every clock.
    pub fn now(&self) -> Moment {
        self.runtime.now()
    }

    /// Waits for `future`, at most for `time`: for one step of a source that has several. `None` if that was not enough.
    pub async fn timeout<F: Future>(&self, time: Duration, future: F) -> Option<F::Output> {
        let mut timer = self.runtime.sleep_until(Duration::from_nanos(self.now().monotonic) + time);
        let mut future = pin!(future);
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => timer.as_mut().poll(cx).map(|()| None),
        })
        .await
    }

    /// A handle by which the source can say, later, that what it reads has changed. See [`Changed`].
    pub fn changed(&self) -> Changed {
        self.changed.clone()
    }
}

impl fmt::Debug for FetchContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchContext")
            .field("reason", &self.reason)
            .field("attempt", &self.attempt)
            .field("started", &self.started)
            .finish_non_exhaustive()
    }
}
