//! reqwest as the transport of a token source.

use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::{Error, ErrorKind, Policy, Transport};
use auth_emulator::{Emulator, Fault, Gate, Origin, StatusCode};
use auth_reqwest::{ReqwestTransport, token_client};
use bytes::Bytes;
use http::Request;
use reqwest::Client;

use crate::rig::api_key;

/// One acquisition of one attempt through this transport.
async fn fetch(emulator: &Emulator, transport: ReqwestTransport) -> Result<(), Error> {
    let mut policy = Policy::default();
    policy.attempts = 1;
    let auth = api_key(emulator).transport(transport).policy(policy).runtime(FakeRuntime::new()).build().unwrap();
    auth.warm_up().await
}

#[tokio::test]
async fn the_client_for_tokens_follows_nobody() {
    let emulator = Emulator::start().await.unwrap();
    for status in [StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT] {
        for to in [Origin::Main, Origin::Other] {
            emulator.token_faults().once(Fault::Redirect { status, to });
            let client = token_client().no_proxy().build().unwrap();
            let response = client.post(emulator.token_url()).body("apikey=secret").send().await.unwrap();
            assert_eq!(response.status(), status);
        }
    }
    assert_eq!((emulator.token_request_count(), emulator.other_requests().len()), (6, 0));
}

#[tokio::test]
async fn a_transport_follows_nobody_whatever_its_builder_says() {
    for status in [StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT, StatusCode::FOUND] {
        for to in [Origin::Main, Origin::Other] {
            let emulator = Emulator::start().await.unwrap();
            emulator.token_faults().once(Fault::Redirect { status, to });
            let following = ReqwestTransport::with_builder(Client::builder().no_proxy()).unwrap();
            let error = fetch(&emulator, following).await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::Malformed, Some(status.as_u16())), "{error}");
            assert_eq!((emulator.token_request_count(), emulator.other_requests().len()), (1, 0));
        }
    }
}

/// Nothing listens there; a request that came to it would fail.
const DEAD_PROXY: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn a_builder_s_proxy_is_used_and_the_failure_names_what_to_look_at() {
    let emulator = Emulator::start().await.unwrap();
    let proxied = token_client().proxy(reqwest::Proxy::all(DEAD_PROXY).unwrap());
    let error = fetch(&emulator, ReqwestTransport::with_builder(proxied).unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), emulator.token_request_count()), (ErrorKind::Transient, 0), "{error}");
}

#[tokio::test]
async fn a_client_with_a_limit_of_its_own_is_transient_when_that_is_over() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().always(Fault::Hold(Gate::new()));
    for client in
        [token_client().timeout(Duration::from_millis(1)), token_client().read_timeout(Duration::from_millis(1))]
    {
        let error = fetch(&emulator, ReqwestTransport::with_builder(client.no_proxy()).unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transient);
        assert!(error.to_string().contains("in time"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_up_to_the_limit_is_whole_and_one_byte_more_is_none() {
    let emulator = Emulator::start().await.unwrap();
    let transport = ReqwestTransport::new().unwrap();
    for (length, limit, whole) in
        [(4096, 4096, true), (4097, 4096, false), (100_000, 4096, false), (4096, 1 << 20, true)]
    {
        emulator.token_faults().once(Fault::Oversized(length));
        let request = Request::post(emulator.token_url()).body(Bytes::new()).unwrap();
        match transport.send(request, limit).await {
            Ok(answer) => assert!(whole && answer.body().len() == length, "{length} of {limit}"),
            Err(error) => assert!(!whole && error.kind() == ErrorKind::Malformed, "{length} of {limit}: {error}"),
        }
    }
}

#[tokio::test]
async fn an_answer_keeps_its_status_headers_and_body() {
    let emulator = Emulator::start().await.unwrap();
    let transport = ReqwestTransport::new().unwrap();
    assert_eq!(format!("{transport:?}"), "ReqwestTransport");
    let transport = ReqwestTransport::new().unwrap();
    let request = Request::post(emulator.token_url()).body(Bytes::new()).unwrap();
    let answer = transport.send(request, 1 << 20).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert!(answer.headers().contains_key("date") && answer.body().starts_with(b"{"));
}
