//! Authentication in one line.

use auth_core::adapter::{Sent, Without};
use auth_core::{Outcome, RequestAuth};
use auth_emulator::{Fault, StatusCode};
use auth_reqwest::{ClientExt, Error, RequestBuilderExt};

use super::fixture::{Stage, plain, statuses};
use crate::rig::Load;

#[tokio::test]
async fn one_request_of_a_plain_client_is_sent_with_a_token() {
    let stage = Stage::new().await;
    for _ in 0..2 {
        let response = plain().get(stage.url("/items")).send_with(&stage.auth).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.extensions().get::<Outcome>().is_none());
    }
    assert_eq!(stage.counts(), (1, 2));
    assert_eq!(stage.authorizations(), [stage.bearer(0), stage.bearer(0)]);
}

#[tokio::test]
async fn it_is_sent_again_after_a_401_with_its_body() {
    let stage = Stage::new().await;
    stage.auth.warm_up().await.unwrap();
    stage.emulator.revoke_all();
    let request = plain().post(stage.url("/echo")).header("content-type", "text/plain").body("whole");
    let response = request.send_with(&stage.auth).await.unwrap();
    assert!(response.extensions().get::<Outcome>().unwrap().is_replayed());
    assert_eq!(response.text().await.unwrap(), "whole");
    assert_eq!(statuses(&stage.emulator), [Some(StatusCode::UNAUTHORIZED), Some(StatusCode::OK)]);
}

#[tokio::test]
async fn a_stream_is_not() {
    let stage = Stage::new().await;
    stage.auth.warm_up().await.unwrap();
    stage.emulator.revoke_all();
    let request = plain().post(stage.url("/echo")).body(reqwest::Body::wrap(Load::once("whole")));
    let response = request.send_with(&stage.auth).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(stage.emulator.api_request_count(), 1);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_error_is_ours() {
    let stage = Stage::new().await;
    stage.emulator.set_api_keys(["another"]);
    let error = plain().get(stage.url("/items")).send_with(&stage.auth).await.unwrap_err();
    assert!(matches!(&error, Error::Auth(_)) && error.auth().unwrap().code().is_some(), "{error}");
    assert_eq!(stage.emulator.api_request_count(), 0);
}

#[tokio::test]
async fn a_broken_connection_is_reqwests_error() {
    let stage = Stage::new().await;
    stage.emulator.api_faults().once(Fault::Reset);
    let error = plain().get(stage.url("/items")).send_with(&stage.auth).await.unwrap_err();
    assert!(matches!(&error, Error::Inner(inner) if inner.is_request()) && error.auth().is_none(), "{error:?}");
    assert_eq!(stage.counts(), (1, 1));
}

#[tokio::test]
async fn a_request_that_could_not_be_built_is_reqwests_error() {
    let stage = Stage::new().await;
    let error = plain().get("not a url").send_with(&stage.auth).await.unwrap_err();
    assert!(matches!(&error, Error::Inner(inner) if inner.is_builder()), "{error:?}");
    assert_eq!(stage.counts(), (0, 0));
}

#[tokio::test]
async fn a_whole_client_is_authenticated_and_its_requests_have_wishes() {
    let stage = Stage::new().await;
    let client = plain().authenticated(stage.auth.clone());
    assert_eq!(client.get(stage.url("/items")).send().await.unwrap().status(), StatusCode::OK);
    let anonymous = client.get(stage.url("/items")).with_extension(RequestAuth::none()).send().await.unwrap();
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(anonymous.extensions().get::<Outcome>().unwrap().sent(), Sent::Without(Without::Asked));
    assert_eq!(stage.authorizations(), [stage.bearer(0), None]);
}
