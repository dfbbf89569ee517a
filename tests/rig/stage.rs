//! An emulator, and an authenticator with its key.

use std::marker::PhantomData;

use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, Builder, Transport};
use auth_emulator::Emulator;
use http::Request;

use super::{Adapter, Client, Load, Replay, get};

/// An emulator, and an authenticator with its API key on a clock that stands still: no pause ends by itself.
pub(crate) struct Stage<A> {
    pub(crate) emulator: Emulator,
    pub(crate) clock: FakeRuntime,
    pub(crate) auth: Authenticator,
    adapter: PhantomData<A>,
}

impl<A: Adapter> Stage<A> {
    pub(crate) async fn new() -> Self {
        Self::with(A::transport()).await
    }

    pub(crate) async fn with(transport: impl Transport) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let clock = FakeRuntime::new();
        let auth = api_key(&emulator).transport(transport).runtime(clock.clone()).build().unwrap();
        Self { emulator, clock, auth, adapter: PhantomData }
    }

    /// A client over sockets.
    pub(crate) fn client(&self) -> Client {
        A::over_sockets(self.auth.clone(), Replay::AsMade)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.emulator.api_url())
    }

    pub(crate) fn get(&self) -> Request<Load> {
        get(self.url("/items"))
    }

    /// The `Authorization` of every request that the API got, in order.
    pub(crate) fn authorizations(&self) -> Vec<Option<String>> {
        self.emulator.api_requests().iter().map(|request| request.header("authorization").map(str::to_owned)).collect()
    }

    /// What the API should have got with the `n`-th token (from 0).
    pub(crate) fn bearer(&self, n: usize) -> Option<String> {
        Some(format!("Bearer {}", self.emulator.issued_tokens()[n]))
    }

    /// How many requests came to the token endpoint and to the API.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.emulator.token_request_count(), self.emulator.api_request_count())
    }
}

/// The emulator's API key, for its own origin.
pub(crate) fn api_key(emulator: &Emulator) -> Builder {
    let endpoint = TokenEndpoint::parse(&emulator.token_url()).unwrap();
    Authenticator::builder(ApiKey::new(endpoint, Emulator::API_KEY).unwrap()).for_origins([emulator.url()])
}
