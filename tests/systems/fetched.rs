//! Systems whose tokens are fetched: watsonx.ai with an API key, Skyflow with a key file.

use std::time::Duration;

use auth_core::{ErrorKind, Outcome};
use auth_emulator::{Answer, StatusCode};

use super::five::{OfSkyflow, OfWatsonx, Play, System};
use crate::rig::{Adapter, Failed, over_all};

over_all!(
    watsonx_answers_and_one_token_serves_all_requests,
    watsonx_after_a_revocation_one_fetch_and_one_replay,
    watsonx_after_the_end_of_a_token_one_fetch_and_no_401,
    watsonx_through_an_outage_of_its_issuer,
    skyflow_answers_and_one_token_serves_all_requests,
    skyflow_after_a_revocation_one_fetch_and_one_replay,
    skyflow_after_the_end_of_a_token_one_fetch_and_no_401,
    skyflow_through_an_outage_of_its_issuer,
);

async fn watsonx_answers_and_one_token_serves_all_requests<A: Adapter>() {
    answers::<OfWatsonx, A>().await;
}

async fn skyflow_answers_and_one_token_serves_all_requests<A: Adapter>() {
    answers::<OfSkyflow, A>().await;
}

async fn answers<S: System, A: Adapter>() {
    let play = Play::of::<S, A>().await;
    for _ in 0..3 {
        let response = play.client.send(play.request(S::usual())).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{:?}", response.body());
    }
    assert_eq!(play.counts(), (1, 3));
    assert!(play.emulator.other_requests().is_empty());
}

async fn watsonx_after_a_revocation_one_fetch_and_one_replay<A: Adapter>() {
    revocation::<OfWatsonx, A>().await;
}

async fn skyflow_after_a_revocation_one_fetch_and_one_replay<A: Adapter>() {
    revocation::<OfSkyflow, A>().await;
}

async fn revocation<S: System, A: Adapter>() {
    let play = Play::of::<S, A>().await;
    play.auth.warm_up().await.unwrap();
    play.emulator.revoke_all();
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.extensions().get::<Outcome>().unwrap().is_replayed());
    assert_eq!(play.counts(), (2, 2));
}

async fn watsonx_after_the_end_of_a_token_one_fetch_and_no_401<A: Adapter>() {
    expiry::<OfWatsonx, A>().await;
}

async fn skyflow_after_the_end_of_a_token_one_fetch_and_no_401<A: Adapter>() {
    expiry::<OfSkyflow, A>().await;
}

async fn expiry<S: System, A: Adapter>() {
    let play = Play::of::<S, A>().await;
    play.auth.warm_up().await.unwrap();
    play.pass(Duration::from_secs(3601));
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(play.counts(), (2, 1));
}

async fn watsonx_through_an_outage_of_its_issuer<A: Adapter>() {
    outage::<OfWatsonx, A>().await;
}

async fn skyflow_through_an_outage_of_its_issuer<A: Adapter>() {
    outage::<OfSkyflow, A>().await;
}

/// With a token nobody notices; without one nothing is sent, and the error says that it will pass.
async fn outage<S: System, A: Adapter>() {
    let play = Play::of::<S, A>().await;
    play.auth.warm_up().await.unwrap();
    play.emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(120));
    play.pass(Duration::from_secs(3000));
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "the old token serves");
    play.pass(Duration::from_secs(700));
    let Err(Failed::Auth(error)) = play.client.send(play.request(S::usual())).await else { panic!("no token") };
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Transient, Some(Duration::from_secs(120))));
    assert_eq!(play.emulator.api_request_count(), 1);
    play.emulator.clear_faults();
    play.pass(Duration::from_secs(121));
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}
