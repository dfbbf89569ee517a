//! A source at work: behind an authenticator on a fake clock, with each call noted.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::server::Server;
use crate::runtime::FakeRuntime;
use crate::{Authenticator, Credential, Error, FetchContext, Policy, Token, TokenSource};

/// Longer than any call may take.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Every error of a scene, of the source and of its callers. Clones share them.
pub(super) type Errors = Arc<Mutex<Vec<Error>>>;

pub(super) struct Stage {
    pub(super) clock: FakeRuntime,
    pub(super) auth: Authenticator,
    calls: Arc<Mutex<Vec<Call>>>,
    errors: Errors,
}

/// What became of a call of the source.
#[derive(Clone)]
pub(super) enum Call {
    /// It panicked, or was given up.
    Unfinished,
    Brought,
    Failed(Error),
}

impl Stage {
    /// One call of the source for each acquisition, so that what it does itself is seen.
    pub(super) fn new(source: Arc<dyn TokenSource>, server: &Server, errors: &Errors) -> Result<Self, Error> {
        let policy = Policy { attempts: 1, ..Policy::default() };
        let (clock, calls) = (FakeRuntime::new(), Arc::default());
        let noted = Noted { source, calls: Arc::clone(&calls), errors: Arc::clone(errors) };
        let builder = Authenticator::builder(noted).anywhere().policy(policy);
        let auth = builder.transport(server.clone()).runtime(clock.clone()).build()?;
        Ok(Self { clock, auth, calls, errors: Arc::clone(errors) })
    }

    /// As a caller asks, and what that started beside it.
    pub(super) fn token(&self) -> Result<Credential, Error> {
        let token = self.clock.block_on_within(DAY, self.auth.token(Duration::ZERO));
        self.clock.run_until_idle();
        token.inspect_err(|error| note(&self.errors, error.clone()))
    }

    /// What the source itself said last.
    pub(super) fn last_call(&self) -> Option<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }
}

struct Noted {
    source: Arc<dyn TokenSource>,
    calls: Arc<Mutex<Vec<Call>>>,
    errors: Errors,
}

fn note<T>(list: &Mutex<Vec<T>>, entry: T) {
    list.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
}

#[async_trait]
impl TokenSource for Noted {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        note(&self.calls, Call::Unfinished);
        let result = self.source.fetch(cx).await;
        // Behind the one that has not ended: it is the last that counts.
        note(&self.calls, result.as_ref().map_or_else(|error| Call::Failed(error.clone()), |_| Call::Brought));
        result.inspect_err(|error| note(&self.errors, error.clone()))
    }
}
