//! Systems whose tokens are given: Podstack, IVCAP and Cape.

use std::time::Duration;

use auth_core::systems::{Cape, Ivcap};
use auth_core::{Env, ErrorKind, Outcome};
use auth_emulator::{Answer, StatusCode};

use super::five::{Given, OfCape, OfIvcap, OfPodstack, Play, System};
use crate::rig::{Adapter, over_all};

over_all!(
    podstack_answers_and_a_revoked_token_is_replaced_by_its_handle,
    ivcap_answers_and_a_revoked_token_is_replaced_by_its_handle,
    cape_answers_and_a_revoked_token_is_replaced_by_its_handle,
    ivcap_refuses_to_send_an_expired_jwt_and_names_its_place,
    cape_refuses_to_send_an_expired_token_and_names_its_place,
    podstacks_token_says_nothing_so_its_end_is_a_401,
    podstack_in_an_outage_answers_what_it_answers,
    ivcap_in_an_outage_answers_what_it_answers,
    cape_in_an_outage_answers_what_it_answers,
    ivcap_in_a_container_gets_no_authorization,
);

async fn podstack_answers_and_a_revoked_token_is_replaced_by_its_handle<A: Adapter>() {
    replaced::<OfPodstack, A>().await;
}

async fn ivcap_answers_and_a_revoked_token_is_replaced_by_its_handle<A: Adapter>() {
    replaced::<OfIvcap, A>().await;
}

async fn cape_answers_and_a_revoked_token_is_replaced_by_its_handle<A: Adapter>() {
    replaced::<OfCape, A>().await;
}

async fn replaced<S: Given, A: Adapter>() {
    let play = Play::of::<S, A>().await;
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{:?}", response.body());

    play.emulator.revoke_all();
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(!response.extensions().get::<Outcome>().unwrap().is_replayed(), "there is no other token");
    assert_eq!(play.emulator.api_request_count(), 2);

    play.access.token_handle().unwrap().replace(S::another(&play.emulator)).unwrap();
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(play.emulator.other_requests().is_empty());
}

async fn ivcap_refuses_to_send_an_expired_jwt_and_names_its_place<A: Adapter>() {
    let play = Play::of::<OfIvcap, A>().await;
    play.pass(Duration::from_secs(3601));
    let error = play.client.refused(play.request(OfIvcap::usual())).await;
    assert_eq!(error.kind(), ErrorKind::ExpiredOnArrival);
    let text = error.to_string();
    assert!(text.contains("IVCAP_JWT") && text.contains("expired at 2026-11-22T01:00:00Z"), "{text}");
    assert_eq!(play.counts(), (0, 0));
}

async fn cape_refuses_to_send_an_expired_token_and_names_its_place<A: Adapter>() {
    let play = Play::with::<A>(|emulator| {
        Cape::new().token(emulator.cape().login_token()).host(emulator.cape().url()).access().unwrap()
    })
    .await;
    let response = play.client.send(play.request(OfCape::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    play.pass(Duration::from_secs(3601));
    let error = play.client.refused(play.request(OfCape::usual())).await;
    assert_eq!(error.kind(), ErrorKind::ExpiredOnArrival);
    let text = error.to_string();
    assert!(text.contains("the argument `token`") && text.contains("expired at 2026-11-22T01:00:00Z"), "{text}");
    assert_eq!(play.emulator.api_request_count(), 1);
}

async fn podstacks_token_says_nothing_so_its_end_is_a_401<A: Adapter>() {
    let play = Play::of::<OfPodstack, A>().await;
    play.pass(Duration::from_secs(3601));
    let response = play.client.send(play.request(OfPodstack::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(play.counts(), (0, 1));
}

async fn podstack_in_an_outage_answers_what_it_answers<A: Adapter>() {
    outage::<OfPodstack, A>().await;
}

async fn ivcap_in_an_outage_answers_what_it_answers<A: Adapter>() {
    outage::<OfIvcap, A>().await;
}

async fn cape_in_an_outage_answers_what_it_answers<A: Adapter>() {
    outage::<OfCape, A>().await;
}

/// The answer is the caller's: once sent, and the token stays what it is.
async fn outage<S: System, A: Adapter>() {
    let play = Play::of::<S, A>().await;
    play.emulator.api_faults().once(Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(7));
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(play.emulator.api_request_count(), 1);
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

async fn ivcap_in_a_container_gets_no_authorization<A: Adapter>() {
    let play = Play::with::<A>(|emulator| {
        let (inside, outside, token) = (emulator.ivcap().base_url(), emulator.ivcap().url(), emulator.ivcap().token());
        let env = [("IVCAP_BASE_URL", inside), ("IVCAP_URL", outside), ("IVCAP_JWT", token)];
        Ivcap::from_env(&Env::of(env)).access().unwrap()
    })
    .await;
    let response = play.client.send(play.request(OfIvcap::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(play.emulator.api_requests()[0].header("authorization"), None);
}
