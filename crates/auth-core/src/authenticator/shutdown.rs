//! Closing in good order.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::cache::{Cache, Waiter};

/// The future of [`Authenticator::shutdown`](crate::Authenticator::shutdown).
#[must_use = "the token is forgotten when this future completes"]
pub struct Shutdown {
    cache: Arc<Cache>,
    last_flight: Option<Waiter>,
}

impl Shutdown {
    pub(super) fn new(cache: Arc<Cache>) -> Self {
        let last_flight = cache.close().map(|flight| Waiter::new(Arc::clone(&cache), flight, None, "shutdown"));
        Self { cache, last_flight }
    }
}

impl Future for Shutdown {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(flight) = &mut self.last_flight {
            // However it ends: it is over.
            let _landing = ready!(Pin::new(flight).poll(cx));
            self.last_flight = None;
        }
        self.cache.clear();
        Poll::Ready(())
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown").finish_non_exhaustive()
    }
}
