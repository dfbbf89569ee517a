//! What an API client repeats, when, and what it leaves alone.

use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::{Access, Endpoint};
use auth_reqwest::{ApiClient, ApiErrorKind, ApiRequest, Retries};

use super::api_stage::{ApiStage, BASE, Server, access, answer};
use crate::rig::{Counting, Load};

/// How often a request was sent whose first answers are these, and how long that took.
fn sent(statuses: &[u16], request: impl Fn(&ApiClient) -> ApiRequest) -> (usize, Duration, bool) {
    let stage = ApiStage::new();
    statuses.iter().for_each(|status| stage.server.then(answer(*status, "")));
    let (result, took) = stage.run(request(&stage.client).send());
    (stage.server.got().len(), took, result.is_ok())
}

#[test]
fn a_get_is_repeated_twice_after_a_half_second_and_a_second() {
    let ms = Duration::from_millis;
    for status in [429, 502, 503, 504] {
        assert_eq!(sent(&[status], |client| client.get("/x")), (2, ms(500), true), "{status}");
        assert_eq!(sent(&[status; 3], |client| client.get("/x")), (3, ms(1500), false), "{status}");
    }
    for status in [400, 401, 403, 404, 408, 409, 500, 501] {
        let (times, took, _) = sent(&[status; 3], |client| client.get("/x"));
        assert_eq!((times, took), (1, ms(0)), "{status}");
    }
}

#[test]
fn only_what_is_idempotent_and_still_there_is_repeated() {
    let times = |request: fn(&ApiClient) -> ApiRequest| sent(&[503; 3], request).0;
    assert_eq!(times(|client| client.put("/x").json(&1)), 3);
    assert_eq!(times(|client| client.delete("/x")), 3);
    assert_eq!(times(|client| client.request(http::Method::HEAD, "/x")), 3);
    assert_eq!(times(|client| client.post("/x").json(&1)), 1);
    assert_eq!(times(|client| client.patch("/x").json(&1)), 1);
    assert_eq!(times(|client| client.post("/x").json(&1).idempotent()), 3);
    assert_eq!(times(|client| client.post("/x").json(&1).idempotency_key("k-1")), 3);
    assert_eq!(times(|client| client.get("/x").without_retries()), 1);
    assert_eq!(times(|client| client.put("/x").body(reqwest::Body::wrap(Load::once("x")))), 1);
}

#[test]
fn every_try_is_the_same_request_with_its_key() {
    let stage = ApiStage::new();
    stage.server.then(answer(503, ""));
    let request = stage.client.post("/x").query("a", 1).json(&[1, 2]).idempotency_key("k-1");
    stage.run(request.send()).0.unwrap();
    let got = stage.server.got();
    let seen: Vec<_> = got.iter().map(|got| (got.url.as_str(), &*got.body, got.header("idempotency-key"))).collect();
    assert_eq!((seen.len(), seen[0]), (2, seen[1]));
    assert_eq!((seen[0].1, seen[0].2), ("[1,2]", Some("k-1")));
}

#[test]
fn a_retry_after_is_waited_for_in_both_forms_and_not_if_it_is_long() {
    let took = |value: &str| {
        let stage = ApiStage::new();
        stage.server.then(answer(429, "").header("retry-after", value));
        let (result, took) = stage.run(stage.client.get("/x").send());
        (took.as_millis(), result.map(drop).map_err(|error| error.retry_after()))
    };
    assert_eq!(took("30"), (30_000, Ok(())));
    // The fake clock starts at midnight.
    assert_eq!(took("Sun, 22 Nov 2026 00:00:20 GMT"), (20_000, Ok(())));
    assert_eq!(took("0"), (500, Ok(())), "our own pause is the least");
    assert_eq!(took("soon"), (500, Ok(())));
    assert_eq!(took("61"), (0, Err(Some(Duration::from_secs(61)))));
    assert_eq!(took("999999999"), (0, Err(Some(Duration::from_secs(3600)))));
}

#[test]
fn pauses_are_shortened_at_random_by_up_to_a_half() {
    let stage = ApiStage::new();
    stage.clock.set_random(0.5);
    stage.server.then(answer(503, ""));
    assert_eq!(stage.run(stage.client.get("/x").send()).1, Duration::from_millis(375));
}

#[test]
fn a_connection_that_is_refused_is_tried_again() {
    let stage = ApiStage::new();
    stage.server.then_refuse();
    stage.server.then_refuse();
    assert!(stage.run(stage.client.get("/x").send()).0.is_ok());
    assert_eq!(stage.server.got().len(), 3);
    stage.server.then_refuse();
    assert_eq!(stage.run(stage.client.post("/x").send()).0.unwrap_err().kind(), ApiErrorKind::Network);
    assert_eq!(stage.server.got().len(), 4);
}

#[test]
fn each_try_has_a_token_that_is_valid_then() {
    let (server, source, clock) = (Server::default(), Counting::default(), FakeRuntime::new());
    let access = Access::new("acme", source, Endpoint::parse(BASE).unwrap());
    let builder = ApiClient::builder(&access).runtime(clock.clone()).with_inside(server.clone());
    let client = builder.retries(Retries::default().at_most(5)).build().unwrap();
    server.then(answer(503, ""));
    server.then(answer(401, ""));
    clock.block_on_within(Duration::from_secs(60), client.get("/x").send()).unwrap();
    let tokens: Vec<_> = server.got().iter().map(|got| got.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(tokens, ["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
}

#[test]
fn a_program_can_have_its_own_numbers() {
    let retries = Retries::default().at_most(1).pauses(Duration::from_secs(2), Duration::from_secs(2));
    let stage = ApiStage::with(&access(), |builder| builder.retries(retries.longest_wait(Duration::from_secs(120))));
    stage.server.then(answer(503, "").header("retry-after", "100"));
    assert_eq!(stage.run(stage.client.get("/x").send()).1, Duration::from_secs(100));
    stage.server.then(answer(503, ""));
    stage.server.then(answer(503, ""));
    let (result, took) = stage.run(stage.client.get("/x").send());
    assert_eq!((result.is_err(), took), (true, Duration::from_secs(2)));
}
