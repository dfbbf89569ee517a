use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

use auth_emulator::{Answer, Emulator, Fault, Gate, Origin, StatusCode};
use http::{HeaderValue, Method};

use crate::client::{FORM, api_key_form, call, fetch, raw, send, try_fetch};

#[tokio::test]
async fn a_queued_fault_happens_once_and_in_order() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().once(Answer::new(StatusCode::BAD_GATEWAY));
    emulator.token_faults().once(Answer::new(StatusCode::GATEWAY_TIMEOUT));
    assert_eq!(emulator.token_faults().pending(), 2);
    assert_eq!(fetch(&emulator).await.status, StatusCode::BAD_GATEWAY);
    assert_eq!(fetch(&emulator).await.status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(fetch(&emulator).await.status, StatusCode::OK);
    assert_eq!(emulator.token_faults().pending(), 0);
}

#[tokio::test]
async fn a_standing_fault_waits_for_the_queue_and_stays_until_cleared() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.issue_token();
    emulator.api_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    emulator.api_faults().once(Answer::new(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(call(&emulator, "/a", &token).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(call(&emulator, "/a", &token).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(call(&emulator, "/a", &token).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(fetch(&emulator).await.status, StatusCode::OK, "the token endpoint has a plan of its own");
    emulator.clear_faults();
    assert_eq!(call(&emulator, "/a", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_fault_is_spent_on_a_path_that_is_not_there() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().always(Fault::Reset);
    emulator.api_faults().always(Fault::Reset);
    let reply = send(Method::GET, &format!("{}/nowhere", emulator.url()), &[], "").await.unwrap();
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_fault_meets_a_request_before_it_is_looked_at() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().once(Answer::new(StatusCode::BAD_GATEWAY));
    assert_eq!(send(Method::GET, &emulator.token_url(), &[], "").await.unwrap().status, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn a_delay_is_real() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().once(Fault::Delay(Duration::from_millis(30)));
    let start = Instant::now();
    assert_eq!(fetch(&emulator).await.status, StatusCode::OK);
    assert!(start.elapsed() >= Duration::from_millis(30));
}

#[tokio::test]
async fn a_held_request_waits_for_its_gate() {
    let emulator = Emulator::start().await.unwrap();
    let gate = Gate::new();
    emulator.token_faults().always(Fault::Hold(gate.clone()));
    let url = emulator.token_url();
    let fetches = [(); 2].map(|()| {
        let url = url.clone();
        tokio::spawn(async move { try_fetch(&url).await.unwrap().status })
    });
    emulator.wait_for_token_requests(2).await;
    assert!(fetches.iter().all(|fetch| !fetch.is_finished()));
    assert!(emulator.token_requests().iter().all(|request| request.status().is_none()));
    gate.open();
    for fetch in fetches {
        assert_eq!(fetch.await.unwrap(), StatusCode::OK);
    }
    assert_eq!(fetch(&emulator).await.status, StatusCode::OK, "an open gate holds nobody");
}

#[tokio::test]
async fn a_wait_can_end_in_another_fault() {
    let emulator = Emulator::start().await.unwrap();
    let gate = Gate::new();
    let fault = Fault::Hold(gate.clone())
        .then(Fault::Delay(Duration::from_millis(1)))
        .then(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    emulator.token_faults().once(fault);
    let url = emulator.token_url();
    let fetch = tokio::spawn(async move { try_fetch(&url).await.unwrap().status });
    emulator.wait_for_token_requests(1).await;
    gate.open();
    assert_eq!(fetch.await.unwrap(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn an_answer_is_sent_as_it_was_written() {
    let emulator = Emulator::start().await.unwrap();
    let date = HeaderValue::from_static("Wed, 21 Oct 2026 07:28:00 GMT");
    emulator.token_faults().once(Answer::new(StatusCode::TOO_MANY_REQUESTS).with_retry_after(2));
    emulator
        .token_faults()
        .once(Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(date).with_body("text/plain", "come back"));
    let reply = fetch(&emulator).await;
    assert_eq!((reply.status.as_u16(), reply.header("retry-after"), reply.body.len()), (429, Some("2"), 0));
    let reply = fetch(&emulator).await;
    assert_eq!(reply.header("retry-after"), Some("Wed, 21 Oct 2026 07:28:00 GMT"));
    assert_eq!(reply.header("content-type"), Some("text/plain"));
    assert_eq!(reply.body, "come back");
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let emulator = Emulator::start().await.unwrap();
    emulator.api_faults().once(Fault::Reset);
    let (bytes, end) = raw(&format!("{}/things", emulator.api_url()), "GET").await;
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(bytes.is_empty());
    assert_eq!(emulator.requests()[0].status(), None);
    emulator.token_faults().once(Fault::Reset);
    assert!(try_fetch(&emulator.token_url()).await.is_err());
}

#[tokio::test]
async fn a_truncated_answer_promises_more_than_it_sends() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().once(Fault::Truncated);
    emulator.api_faults().once(Fault::Truncated);
    assert!(try_fetch(&emulator.token_url()).await.is_err());
    let (bytes, end) = raw(&format!("{}/things", emulator.api_url()), "GET").await;
    end.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(!body.is_empty() && body.len() < promised.parse().unwrap(), "{text}");
}

#[tokio::test]
async fn garbage_is_a_page_with_status_200() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().once(Fault::Garbage);
    let reply = fetch(&emulator).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(reply.body.starts_with(b"<!doctype html>"));
}

#[tokio::test]
async fn an_oversized_answer_is_good_json_of_unannounced_length() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().once(Fault::Oversized(3_000_000));
    let reply = fetch(&emulator).await;
    assert_eq!(reply.body.len(), 3_000_000);
    assert_eq!(reply.header("content-length"), None);
    assert!(emulator.verify(&reply.access_token()).is_ok());
}

#[tokio::test]
async fn a_redirect_keeps_path_and_query() {
    let emulator = Emulator::start().await.unwrap();
    for (status, to, origin) in [
        (StatusCode::FOUND, Origin::Other, emulator.other_origin()),
        (StatusCode::TEMPORARY_REDIRECT, Origin::Main, emulator.url()),
    ] {
        emulator.token_faults().once(Fault::Redirect { status, to });
        let reply = fetch(&emulator).await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.header("location"), Some(format!("{origin}/identity/token").as_str()));
        emulator.api_faults().once(Fault::Redirect { status, to });
        let reply = call(&emulator, "/v1/things?page=2", "any").await;
        assert_eq!(reply.header("location"), Some(format!("{origin}/api/v1/things?page=2").as_str()));
    }
}

#[tokio::test]
async fn a_client_that_follows_too_far_is_caught() {
    let emulator = Emulator::start().await.unwrap();
    let status = StatusCode::TEMPORARY_REDIRECT;
    emulator.token_faults().once(Fault::Redirect { status, to: Origin::Other });
    let location = fetch(&emulator).await.header("location").unwrap().to_owned();
    let body = api_key_form(Emulator::API_KEY);
    let reply = send(Method::POST, &location, &[("content-type", FORM)], body).await.unwrap();
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json()["origin"], "other");
    let leak = &emulator.other_requests()[0];
    assert!(leak.carries(Emulator::API_KEY));
    assert!(!leak.carries("another secret"));
}
