//! A token endpoint that misbehaves, over real sockets.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, Error, ErrorKind};
use auth_emulator::{Answer, Emulator, Fault, Gate, Origin, StatusCode};
use auth_tower::{AuthLayer, TowerTransport};
use http::{Request, Response};
use tower::{Layer, Service, ServiceExt, service_fn};

use super::fixture::{Api, Body, ORIGIN, Stage, get, send};

/// What one acquisition tries at most.
const ATTEMPTS: usize = 3;

/// Sends one request while the token endpoint does this; returns the caller's error and the number of token requests.
/// Nothing may reach the API, and once the endpoint is well and the pause is over, everything works.
async fn check(fault: impl Into<Fault>) -> (Error, usize) {
    let stage = Stage::new().await;
    stage.emulator.token_faults().always(fault);
    let error = send(&mut stage.client(), stage.get()).await.unwrap_err().auth().unwrap().clone();
    let asked = stage.emulator.token_request_count();
    assert_eq!(stage.emulator.api_request_count(), 0, "sent without a token");
    assert!(stage.emulator.other_requests().is_empty(), "the key went astray");
    let text = format!("{error} {error:?}");
    assert!(!text.contains(Emulator::API_KEY) && !text.contains("sign in"), "{text}");

    stage.emulator.clear_faults();
    let kept = send(&mut stage.client(), stage.get()).await.unwrap_err().auth().unwrap().clone();
    assert_eq!((kept.kind(), kept.retry_at()), (error.kind(), error.retry_at()));
    assert_eq!(stage.emulator.token_request_count(), asked, "a failure that is kept costs no request");
    // Whoever waited is told when it makes sense to come back.
    let pause = error.retry_at().and_then(|at| at.duration_since(stage.clock.wall()).ok());
    stage.clock.advance(pause.unwrap());
    assert_eq!(send(&mut stage.client(), stage.get()).await.unwrap().status(), StatusCode::OK);
    (error, asked)
}

#[tokio::test]
async fn a_reset_is_transient_and_tried_again() {
    let (error, asked) = check(Fault::Reset).await;
    assert_eq!((error.kind(), asked), (ErrorKind::Transient, ATTEMPTS));
}

#[tokio::test]
async fn a_truncated_answer_is_transient_and_tried_again() {
    let (error, asked) = check(Fault::Truncated).await;
    assert_eq!((error.kind(), asked), (ErrorKind::Transient, ATTEMPTS));
    assert!(error.to_string().contains("broke off"), "{error}");
}

#[tokio::test]
async fn a_login_page_is_malformed_and_none_of_it_is_shown() {
    let (error, asked) = check(Fault::Garbage).await;
    assert_eq!((error.kind(), asked), (ErrorKind::Malformed, ATTEMPTS));
    assert!(!error.to_string().contains("doctype"), "{error}");
    assert_eq!(error.status(), Some(200));
}

#[tokio::test]
async fn an_answer_of_two_mebibytes_is_malformed() {
    let (error, asked) = check(Fault::Oversized(2 * 1024 * 1024)).await;
    assert_eq!((error.kind(), asked), (ErrorKind::Malformed, ATTEMPTS));
    assert!(error.to_string().contains("longer than"), "{error}");
}

#[tokio::test]
async fn an_answer_just_below_the_limit_is_an_answer() {
    let stage = Stage::new().await;
    stage.emulator.token_faults().once(Fault::Oversized(1024 * 1024));
    assert_eq!(send(&mut stage.client(), stage.get()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(stage.counts(), (1, 1));
}

#[tokio::test]
async fn a_503_that_says_when_to_come_back_is_obeyed() {
    let (error, asked) = check(Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(60)).await;
    assert_eq!((error.kind(), asked), (ErrorKind::Transient, 1), "a minute is more than one acquisition may take");
    assert_eq!((error.status(), error.retry_after()), (Some(503), Some(Duration::from_secs(60))));
}

#[test]
fn a_short_retry_after_is_waited_for_to_the_millisecond_within_the_acquisition() {
    let (clock, asked) = (FakeRuntime::new(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&asked);
    let endpoint = service_fn(move |_: Request<Body>| {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        let answer = Response::builder().status(if first { 503 } else { 200 }).header("retry-after", "2");
        ready(Ok::<_, Infallible>(answer.body(Body::from(r#"{"access_token":"token"}"#)).unwrap()))
    });
    let key = ApiKey::new(TokenEndpoint::parse("https://iam.example.com/token").unwrap(), "key").unwrap();
    let auth = Authenticator::builder(key).for_origins([ORIGIN]).transport(TowerTransport::new(endpoint));
    let mut client = AuthLayer::new(auth.runtime(clock.clone()).build().unwrap()).layer(Api::default());
    let call = client.call(get(ORIGIN));
    clock.advance(Duration::from_millis(1999));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    clock.advance(Duration::from_millis(1));
    assert!(clock.block_on(call).is_ok());
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_redirect_of_the_token_endpoint_is_not_followed() {
    for status in [StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT] {
        for to in [Origin::Main, Origin::Other] {
            let (error, asked) = check(Fault::Redirect { status, to }).await;
            assert_eq!((error.kind(), asked), (ErrorKind::Malformed, 1), "{status}");
            assert!(error.to_string().contains("redirect"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_refused_key_is_permanent_and_tried_once() {
    let stage = Stage::new().await;
    stage.emulator.set_api_keys(["another"]);
    let error = send(&mut stage.client(), stage.get()).await.unwrap_err();
    let error = error.auth().unwrap();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(!error.is_transient() && error.code().is_some(), "{error}");
    assert_eq!(stage.counts(), (1, 0));
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_a_timeout_and_nobody_waits_longer() {
    let stage = Stage::new().await;
    stage.emulator.token_faults().always(Fault::Hold(Gate::new()));
    let call = tokio::spawn(stage.client().oneshot(stage.get()));
    for attempt in 1..=ATTEMPTS {
        stage.emulator.wait_for_token_requests(attempt).await;
        assert!(!call.is_finished());
        stage.clock.advance(Duration::from_secs(10));
    }
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(error.auth().unwrap().kind(), ErrorKind::Timeout);
    assert_eq!(stage.counts(), (ATTEMPTS, 0));
}

#[tokio::test]
async fn a_slow_endpoint_is_waited_for_by_all_callers_together() {
    let stage = Stage::new().await;
    let gate = Gate::new();
    stage.emulator.token_faults().once(Fault::Hold(gate.clone()));
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(stage.client().oneshot(stage.get()))).collect();
    stage.emulator.wait_for_token_requests(1).await;
    assert_eq!(stage.emulator.api_request_count(), 0);
    gate.open();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    assert_eq!(stage.counts(), (1, 50));
}

#[tokio::test]
async fn a_slow_endpoint_makes_nobody_wait_while_the_token_serves() {
    let stage = Stage::new().await;
    stage.auth.warm_up().await.unwrap();
    stage.emulator.token_faults().once(Fault::Hold(Gate::new()));
    stage.clock.advance(Duration::from_secs(46 * 60));
    for _ in 0..3 {
        assert_eq!(send(&mut stage.client(), stage.get()).await.unwrap().status(), StatusCode::OK);
    }
    stage.emulator.wait_for_token_requests(2).await;
    assert_eq!(stage.counts(), (2, 3));
}
