//! A source that counts.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, Builder, Error, FetchContext, Token, TokenSource, async_trait};

use super::ORIGIN;

/// Brings `token-1`, `token-2` and so on, and first the failures that were queued.
#[derive(Clone, Default)]
pub(crate) struct Counting {
    fetches: Arc<AtomicU64>,
    failures: Arc<Mutex<VecDeque<Error>>>,
}

impl Counting {
    pub(crate) fn fetches(&self) -> u64 {
        self.fetches.load(Ordering::SeqCst)
    }

    pub(crate) fn fail_once(&self, error: Error) {
        self.failures.lock().unwrap().push_back(error);
    }

    /// An authenticator over it, on a clock that stands still.
    pub(crate) fn auth(&self) -> Authenticator {
        self.builder().for_origins([ORIGIN]).build().unwrap()
    }

    pub(crate) fn builder(&self) -> Builder {
        Authenticator::builder(self.clone()).runtime(FakeRuntime::new())
    }
}

#[async_trait]
impl TokenSource for Counting {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
        match self.failures.lock().unwrap().pop_front() {
            Some(error) => Err(error),
            None => Ok(Token::bearer(format!("token-{number}"))),
        }
    }
}
