//! A token endpoint that can't be reached in time, or at all, over real sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, Error, ErrorKind, Transport};
use auth_emulator::{Fault, Gate, StatusCode};
use bytes::Bytes;
use http::{Request, Response};

use crate::rig::{Adapter, Api, Failed, ORIGIN, Stage, get, over, over_all};

over_all!(
    an_endpoint_that_does_not_answer_is_a_timeout_and_nobody_waits_longer,
    a_slow_endpoint_is_waited_for_by_all_callers_together,
    a_slow_endpoint_makes_nobody_wait_while_the_token_serves,
    a_short_retry_after_is_waited_for_to_the_millisecond_within_the_acquisition,
    an_endpoint_that_closes_idle_connections_costs_nobody_a_token,
);

/// What one acquisition tries at most.
const ATTEMPTS: usize = 3;

async fn an_endpoint_that_does_not_answer_is_a_timeout_and_nobody_waits_longer<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    stage.emulator.token_faults().always(Fault::Hold(Gate::new()));
    let call = tokio::spawn(stage.client().send(stage.get()));
    for attempt in 1..=ATTEMPTS {
        stage.emulator.wait_for_token_requests(attempt).await;
        assert!(!call.is_finished());
        stage.clock.advance(Duration::from_secs(10));
    }
    let Err(Failed::Auth(error)) = call.await.unwrap() else { panic!("it had no token") };
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(stage.counts(), (ATTEMPTS, 0));
}

async fn a_slow_endpoint_is_waited_for_by_all_callers_together<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    let gate = Gate::new();
    stage.emulator.token_faults().once(Fault::Hold(gate.clone()));
    let client = stage.client();
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(client.send(stage.get()))).collect();
    stage.emulator.wait_for_token_requests(1).await;
    assert_eq!(stage.emulator.api_request_count(), 0);
    gate.open();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    assert_eq!(stage.counts(), (1, 50));
}

async fn a_slow_endpoint_makes_nobody_wait_while_the_token_serves<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    stage.auth.warm_up().await.unwrap();
    stage.emulator.token_faults().once(Fault::Hold(Gate::new()));
    stage.clock.advance(Duration::from_secs(46 * 60));
    for _ in 0..3 {
        assert_eq!(stage.client().send(stage.get()).await.unwrap().status(), StatusCode::OK);
    }
    stage.emulator.wait_for_token_requests(2).await;
    assert_eq!(stage.counts(), (2, 3));
}

/// Busy the first time.
struct Busy(Arc<AtomicUsize>);

#[async_trait]
impl Transport for Busy {
    async fn send(&self, _request: Request<Bytes>, _limit: usize) -> Result<Response<Bytes>, Error> {
        let first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
        let answer = Response::builder().status(if first { 503 } else { 200 }).header("retry-after", "2");
        Ok(answer.body(Bytes::from(r#"{"access_token":"token"}"#)).unwrap())
    }
}

async fn a_short_retry_after_is_waited_for_to_the_millisecond_within_the_acquisition<A: Adapter>() {
    let (clock, asked) = (FakeRuntime::new(), Arc::<AtomicUsize>::default());
    let key = ApiKey::new(TokenEndpoint::parse("https://iam.example.com/token").unwrap(), "key").unwrap();
    let auth = Authenticator::builder(key).for_origins([ORIGIN]).transport(Busy(Arc::clone(&asked)));
    let client = over::<A>(&auth.runtime(clock.clone()).build().unwrap(), &Api::default());
    let call = tokio::spawn(client.send(get(ORIGIN)));
    // The call has begun, and the acquisition with it.
    while asked.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_millis(1999));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    clock.advance(Duration::from_millis(1));
    assert_eq!(call.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

/// The connection of the first token request is cut while nobody uses it; the second takes another.
async fn an_endpoint_that_closes_idle_connections_costs_nobody_a_token<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    stage.auth.warm_up().await.unwrap();
    for _ in 0..3 {
        stage.emulator.token_faults().once(Fault::Reset);
        stage.auth.invalidate();
        stage.auth.warm_up().await.unwrap();
        assert_eq!(stage.client().send(stage.get()).await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(stage.emulator.issued_tokens().len(), 4);
}
