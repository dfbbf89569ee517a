use std::time::Duration;

use auth_emulator::{Emulator, StatusCode};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use serde_json::json;

use crate::client::{FORM, api_key_form, fetch, form, send};

#[tokio::test]
async fn an_api_key_buys_a_token() {
    let emulator = Emulator::start().await.unwrap();
    let reply = fetch(&emulator).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let answer = reply.json();
    let claims = emulator.verify(&reply.access_token()).unwrap();
    assert_eq!(claims.subject(), Emulator::SUBJECT);
    assert_eq!(answer["expiration"], json!(claims.expires_at().as_secs()));
    assert_eq!(answer["expires_in"], json!(3600));
    assert_eq!(answer["refresh_token"], json!("not_supported"));
    assert_eq!(answer["token_type"], json!("Bearer"));
    assert_eq!(answer["scope"], json!("ibm openid"));
    assert_eq!(emulator.issued_tokens(), [reply.access_token()]);
}

#[tokio::test]
async fn the_lifetime_can_change_while_it_runs() {
    let emulator = Emulator::builder().with_token_lifetime(Duration::from_secs(5)).start().await.unwrap();
    assert_eq!(fetch(&emulator).await.json()["expires_in"], json!(5));
    emulator.set_token_lifetime(Duration::from_millis(2999));
    assert_eq!(fetch(&emulator).await.json()["expires_in"], json!(2));
}

#[tokio::test]
async fn every_token_is_another_one() {
    let emulator = Emulator::start().await.unwrap();
    assert_ne!(fetch(&emulator).await.access_token(), fetch(&emulator).await.access_token());
}

#[tokio::test]
async fn a_wrong_key_is_refused_in_the_words_of_iam() {
    let emulator = Emulator::start().await.unwrap();
    let reply = post(&emulator, &[("content-type", FORM)], api_key_form("wrong")).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(reply.json()["errorCode"], "BXNIM0415E");
    assert_eq!(reply.json()["errorMessage"], "Provided API key could not be found.");
    assert_eq!(reply.json()["context"]["requestId"], "emulator-0");
}

#[tokio::test]
async fn keys_can_be_rotated_while_it_runs() {
    let emulator = Emulator::builder().with_api_keys(["a", "b"]).start().await.unwrap();
    let status = async |key| post(&emulator, &[("content-type", FORM)], api_key_form(key)).await.status;
    assert_eq!(status("a").await, StatusCode::OK);
    assert_eq!(status("b").await, StatusCode::OK);
    assert_eq!(status(Emulator::API_KEY).await, StatusCode::BAD_REQUEST);
    emulator.set_api_keys(["b", "c"]);
    assert_eq!(status("a").await, StatusCode::BAD_REQUEST);
    assert_eq!(status("c").await, StatusCode::OK);
}

#[tokio::test]
async fn a_form_that_is_not_right_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    let good = api_key_form(Emulator::API_KEY);
    let check = async |headers: &[(&str, &str)], body: String, status: u16, code: &str| {
        let reply = post(&emulator, headers, body.clone()).await;
        assert_eq!((reply.status.as_u16(), reply.json()["errorCode"].as_str().unwrap()), (status, code), "{body}");
    };
    check(&[], good.clone(), 400, "BXNIM0060E").await;
    check(&[("content-type", "application/json")], good.clone(), 400, "BXNIM0060E").await;
    check(&[("content-type", FORM), ("accept", "text/html")], good.clone(), 406, "BXNIM0060E").await;
    let form_header = [("content-type", "Application/X-WWW-Form-URLencoded; charset=utf-8")];
    check(&form_header, String::new(), 400, "BXNIM0109E").await;
    check(&form_header, form(&[("grant_type", "client_credentials")]), 400, "BXNIM0106E").await;
    check(&form_header, good.replace("apikey=", "api_key="), 400, "BXNIM0109E").await;
    check(&form_header, good.replace("cloud_iam", "uaa"), 400, "BXNIM0106E").await;
    check(&form_header, format!("{good}&apikey=second"), 400, "invalid_request").await;
    // The key as it is, not percent-encoded: its `+` reads as a space.
    let unencoded =
        format!("{}&apikey={}", form(&[("grant_type", "urn:ibm:params:oauth:grant-type:apikey")]), Emulator::API_KEY);
    check(&form_header, unencoded, 400, "BXNIM0415E").await;
    assert_eq!(post(&emulator, &form_header, good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_scope_is_given_back() {
    let emulator = Emulator::start().await.unwrap();
    let body = format!("{}&scope=one+two", api_key_form(Emulator::API_KEY));
    let reply = post(&emulator, &[("content-type", FORM), ("accept", "text/plain, */*;q=0.1")], body).await;
    assert_eq!(reply.json()["scope"], "one two");
}

#[tokio::test]
async fn only_post_is_a_token_request() {
    let emulator = Emulator::start().await.unwrap();
    let reply = send(Method::GET, &emulator.token_url(), &[], "").await.unwrap();
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.header("allow"), Some("POST"));
}

#[tokio::test]
async fn a_configured_client_has_to_show_itself() {
    let emulator = Emulator::builder().with_client("my-client", "my:secret/ü").start().await.unwrap();
    let status = async |authorization: Option<String>| {
        let mut headers = vec![("content-type", FORM)];
        headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
        post(&emulator, &headers, api_key_form(Emulator::API_KEY)).await.status
    };
    let basic = |credentials: &str| Some(format!("Basic {}", BASE64_STANDARD.encode(credentials)));
    assert_eq!(status(basic("my-client:my:secret/ü")).await, StatusCode::OK);
    assert_eq!(status(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(basic("my-client:wrong")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(basic("my-client:my%3Asecret%2F%C3%BC")).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_authorization_that_nobody_asked_for_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    let headers = [("content-type", FORM), ("authorization", "Bearer the-old-token")];
    let reply = post(&emulator, &headers, api_key_form(Emulator::API_KEY)).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_eq!(reply.json()["errorCode"], "invalid_client");
}

async fn post(emulator: &Emulator, headers: &[(&str, &str)], body: String) -> crate::client::Reply {
    send(Method::POST, &emulator.token_url(), headers, body).await.unwrap()
}
