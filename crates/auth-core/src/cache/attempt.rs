//! One call of a source: with a deadline, and with its panics caught.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::Limits;
use crate::runtime::Runtime;
use crate::runtime::Sleep;
use crate::{Error, ErrorKind, FetchContext, Token, TokenSource};

type Fetch = Pin<Box<dyn Future<Output = Result<Token, Error>> + Send>>;

const PANICKED: &str =
    "the source panicked; its message is on stderr (a tokio runtime needs `enable_all()` for clients)";

pub(super) struct Attempt {
    /// `None` while it is dropped.
    fetch: Option<Fetch>,
    limits: Arc<Limits>,
    runtime: Arc<dyn Runtime>,
    /// Made when the source first has to wait: a local source needs no timer, and so no runtime.
    timer: Option<Sleep>,
}

impl Attempt {
    pub(super) fn new(source: Arc<dyn TokenSource>, cx: FetchContext, runtime: Arc<dyn Runtime>) -> Self {
        let limits = Arc::clone(&cx.limits);
        let fetch: Fetch = Box::pin(async move { source.fetch(&cx).await });
        Self { fetch: Some(fetch), limits, runtime, timer: None }
    }
}

impl Future for Attempt {
    type Output = Result<Token, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(fetch) = &mut this.fetch else {
            unreachable!("`drop` alone takes it, and nothing is polled after that")
        };
        // The future is not polled again after a panic, so nobody sees what it left half-done. Its message is not
        // repeated: it may quote a secret.
        match catch_unwind(AssertUnwindSafe(|| fetch.as_mut().poll(cx))) {
            Ok(Poll::Ready(result)) => return Poll::Ready(result),
            Ok(Poll::Pending) => {}
            // Clients that need a runtime panic where there is none.
            Err(_) if !this.runtime.can_spawn() => return Poll::Ready(Err(Error::no_runtime())),
            Err(_) => return Poll::Ready(Err(Error::transient(PANICKED).do_not_repeat())),
        }
        loop {
            let deadline = Duration::from_nanos(this.limits.attempt_deadline());
            let timer = this.timer.get_or_insert_with(|| this.runtime.sleep_until(deadline));
            std::task::ready!(timer.as_mut().poll(cx));
            this.timer = None;
            // The source may have asked for more time since the timer was set.
            if this.runtime.now().monotonic >= this.limits.attempt_deadline() {
                let message = "the source did not answer in time (policy.attempt_timeout)";
                return Poll::Ready(Err(Error::new(ErrorKind::Timeout, message)));
            }
        }
    }
}

impl Drop for Attempt {
    /// One that is given up may panic on the way: that must not take its flight with it, whose waiters are to hear why.
    fn drop(&mut self) {
        let fetch = self.fetch.take();
        let _panicked = catch_unwind(AssertUnwindSafe(|| drop(fetch)));
    }
}
