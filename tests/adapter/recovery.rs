//! Many requests, one rejected token.

use auth_core::Outcome;
use auth_emulator::{Answer, Fault, Gate, StatusCode};
use bytes::Bytes;
use http::Response;

use crate::rig::{Adapter, Stage, over_all};

over_all!(
    fifty_requests_with_a_revoked_token_make_one_fetch_and_are_all_replayed,
    a_401_that_comes_late_is_answered_with_the_newer_token_and_no_fetch,
    while_the_issuer_is_down_fifty_rejected_requests_get_their_401_back_after_one_acquisition,
    a_caller_that_is_dropped_in_the_middle_of_its_recovery_wedges_nobody,
);

const HERD: usize = 50;

/// What fifty requests get that are all at the API with the first token before it is revoked.
async fn revoked_under_way<A: Adapter>(stage: &Stage<A>) -> Vec<Response<Bytes>> {
    stage.auth.warm_up().await.unwrap();
    let gate = Gate::new();
    (0..HERD).for_each(|_| stage.emulator.api_faults().once(Fault::Hold(gate.clone())));
    let client = stage.client();
    let calls: Vec<_> = (0..HERD).map(|_| tokio::spawn(client.send(stage.get()))).collect();
    stage.emulator.wait_for_api_requests(HERD).await;
    stage.emulator.revoke_all();
    gate.open();
    let mut responses = Vec::new();
    for call in calls {
        responses.push(call.await.unwrap().unwrap());
    }
    responses
}

async fn fifty_requests_with_a_revoked_token_make_one_fetch_and_are_all_replayed<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    for response in revoked_under_way(&stage).await {
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.extensions().get::<Outcome>().unwrap().is_replayed());
    }
    assert_eq!(stage.counts(), (2, 2 * HERD));
    let with = |token: Option<String>| stage.authorizations().into_iter().filter(|sent| *sent == token).count();
    assert_eq!((with(stage.bearer(0)), with(stage.bearer(1))), (HERD, HERD));
}

async fn a_401_that_comes_late_is_answered_with_the_newer_token_and_no_fetch<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    stage.auth.warm_up().await.unwrap();
    let gate = Gate::new();
    stage.emulator.api_faults().once(Fault::Hold(gate.clone()));
    let late = tokio::spawn(stage.client().send(stage.get()));
    stage.emulator.wait_for_api_requests(1).await;
    stage.emulator.revoke_all();
    assert_eq!(stage.client().send(stage.get()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(stage.emulator.token_request_count(), 2);
    gate.open();
    let response = late.await.unwrap().unwrap();
    assert!(response.extensions().get::<Outcome>().unwrap().is_replayed());
    assert_eq!(stage.emulator.token_request_count(), 2);
}

async fn while_the_issuer_is_down_fifty_rejected_requests_get_their_401_back_after_one_acquisition<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    stage.auth.warm_up().await.unwrap();
    stage.emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(60));
    for response in revoked_under_way(&stage).await {
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let outcome = response.extensions().get::<Outcome>().unwrap();
        assert!(outcome.is_rejected() && !outcome.is_replayed() && outcome.error().is_some());
    }
    assert_eq!(stage.counts(), (2, HERD));
}

async fn a_caller_that_is_dropped_in_the_middle_of_its_recovery_wedges_nobody<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    stage.auth.warm_up().await.unwrap();
    stage.emulator.revoke_all();
    let gate = Gate::new();
    stage.emulator.token_faults().once(Fault::Hold(gate.clone()));
    let gone = tokio::spawn(stage.client().send(stage.get()));
    stage.emulator.wait_for_token_requests(2).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    let next = tokio::spawn(stage.client().send(stage.get()));
    stage.emulator.wait_for_api_requests(2).await;
    gate.open();
    assert_eq!(next.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!(stage.emulator.token_request_count(), 2);
}
