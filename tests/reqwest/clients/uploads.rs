//! Bodies that pass once, and are larger than what is kept.

use auth_core::exchange::TokenEndpoint;
use auth_core::sources::ApiKey;
use auth_core::{Access, Endpoint, RequestAuth};
use auth_emulator::{Emulator, StatusCode};
use auth_reqwest::ApiErrorKind;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::stage::Stage;
use crate::rig::Load;

const SIZE: usize = 5 * 1024 * 1024;

fn access(emulator: &Emulator) -> Access {
    let key = ApiKey::new(TokenEndpoint::parse(&emulator.token_url()).unwrap(), Emulator::API_KEY).unwrap();
    Access::new("emulator", key, Endpoint::parse(&emulator.api_url()).unwrap())
}

fn stream() -> reqwest::Body {
    let bytes: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8).collect();
    reqwest::Body::wrap(Load::once(bytes))
}

#[tokio::test]
async fn several_mib_arrive_as_they_were_in_pieces_of_a_length_that_is_not_known() {
    let stage = Stage::with(access).await;
    let request = stage.api.post("/uploads").header(CONTENT_TYPE, "application/octet-stream").body(stream());
    let seen: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(seen["body_len"], SIZE);
    let got = stage.last();
    assert!(got.body().iter().enumerate().all(|(at, byte)| usize::from(*byte) == at % 251));
    assert_eq!((got.header("transfer-encoding"), got.header("content-length")), (Some("chunked"), None));
}

#[tokio::test]
async fn a_401_to_a_stream_is_returned_and_its_caller_sends_it_anew() {
    let stage = Stage::with(access).await;
    stage.api.get("/things").send().await.unwrap();
    stage.emulator.revoke_all();
    let error = stage.api.post("/uploads").body(stream()).send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ApiErrorKind::Authentication, Some(StatusCode::UNAUTHORIZED)));
    assert_eq!(stage.counts().1, 2, "it passed once");

    let anew = stage.api.post("/uploads").body(stream()).auth(RequestAuth::fresh());
    let seen: Value = anew.send().await.unwrap().json().await.unwrap();
    assert_eq!(seen["body_len"], SIZE);
    assert_eq!(stage.counts(), (2, 3), "with one newer token");
}

#[tokio::test]
async fn a_stream_is_not_repeated_whatever_it_is_answered() {
    let stage = Stage::with(access).await;
    let busy = auth_emulator::Answer::new(StatusCode::SERVICE_UNAVAILABLE);
    stage.emulator.api_faults().once(busy);
    let error = stage.api.put("/uploads").body(stream()).send().await.unwrap_err();
    assert_eq!((error.kind(), stage.counts().1), (ApiErrorKind::Server, 1));
}

#[tokio::test]
async fn bytes_are_sent_again_after_a_401() {
    let stage = Stage::with(access).await;
    stage.api.get("/things").send().await.unwrap();
    stage.emulator.revoke_all();
    let bytes = Bytes::from(vec![7; SIZE]);
    let seen: Value = stage.api.post("/uploads").body(bytes).send().await.unwrap().json().await.unwrap();
    assert_eq!(seen["body_len"], SIZE);
    assert_eq!(stage.counts(), (2, 3));
}
