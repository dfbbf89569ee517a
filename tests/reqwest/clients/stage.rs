//! An emulator, one of the systems, and an API client for it.

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::runtime::{Abort, FakeRuntime, Moment, Runtime, Sleep, Task};
use auth_core::{Access, Endpoint};
use auth_emulator::{Emulator, RecordedRequest};
use auth_reqwest::{ApiClient, ApiClientBuilder, ReqwestTransport, token_client};

use crate::reqwest::fixture::plain;
use crate::systems::five::System;

/// The emulator goes by the clock of the client.
pub(super) struct Stage {
    pub(super) emulator: Emulator,
    pub(super) clock: Passing,
    pub(super) access: Access,
    pub(super) api: ApiClient,
}

impl Stage {
    pub(super) async fn of<S: System>() -> Self {
        Self::with(S::access).await
    }

    pub(super) async fn with(access: impl FnOnce(&Emulator) -> Access) -> Self {
        let clock = Passing::default();
        let now = clock.clone();
        let emulator = Emulator::builder().with_clock(move || now.now().wall()).start().await.unwrap();
        let access = access(&emulator);
        let api = builder(&access, &clock).build().unwrap();
        Self { emulator, clock, access, api }
    }

    /// A client for something else of the same emulator.
    pub(super) fn client(&self, access: &Access) -> ApiClient {
        builder(access, &self.clock).build().unwrap()
    }

    /// A client with the same credential for another base URL.
    pub(super) fn at(&self, url: &str) -> ApiClient {
        self.client(&self.access.clone().with_endpoint(Endpoint::parse(url).unwrap()))
    }

    /// How many requests came to token endpoints and to APIs.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.emulator.token_request_count(), self.emulator.api_request_count())
    }

    /// The last request to an API.
    pub(super) fn last(&self) -> RecordedRequest {
        self.emulator.api_requests().pop().unwrap()
    }

    /// That nothing went where the emulator's traps lead.
    pub(super) fn nothing_went_astray(&self) {
        assert!(self.emulator.other_requests().is_empty());
    }
}

fn builder(access: &Access, clock: &Passing) -> ApiClientBuilder {
    let transport = ReqwestTransport::with_builder(token_client().no_proxy()).unwrap();
    ApiClient::builder(access).client(plain()).transport(transport).runtime(clock.clone())
}

/// A clock on which a pause is over as soon as somebody asks for it. Limits on time are pauses too, so that once
/// [`pauses`](Self::pauses) are let pass, nothing may be limited.
#[derive(Clone, Default)]
pub(super) struct Passing {
    clock: FakeRuntime,
    passed: Arc<Mutex<Option<Vec<Duration>>>>,
}

impl Passing {
    /// From now on pauses pass; what they were is returned at the end.
    pub(super) fn pass(&self) {
        *self.passed.lock().unwrap() = Some(Vec::new());
    }

    /// The pauses that have passed. From now on none does.
    pub(super) fn pauses(&self) -> Vec<Duration> {
        self.passed.lock().unwrap().take().unwrap_or_default()
    }

    pub(super) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

impl Runtime for Passing {
    fn now(&self) -> Moment {
        self.clock.now()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        let mut passed = self.passed.lock().unwrap();
        let Some(passed) = &mut *passed else { return self.clock.sleep_until(deadline) };
        let pause = deadline.saturating_sub(self.clock.now().monotonic());
        passed.push(pause);
        self.clock.advance(pause);
        Box::pin(ready(()))
    }

    fn can_spawn(&self) -> bool {
        self.clock.can_spawn()
    }

    fn spawn(&self, task: Task) -> Result<Abort, Task> {
        self.clock.spawn(task)
    }

    fn random(&self) -> f64 {
        self.clock.random()
    }
}
