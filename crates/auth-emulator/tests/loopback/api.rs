use std::time::{Duration, SystemTime};

use auth_emulator::{Emulator, Rejection, StatusCode};
use http::{HeaderName, Method};

use crate::client::{Reply, call, fetch, send};

#[tokio::test]
async fn a_good_token_opens_every_path() {
    let emulator = Emulator::start().await.unwrap();
    let token = fetch(&emulator).await.access_token();
    let reply = call(&emulator, "/v1/things?page=2", &token).await;
    assert_eq!(reply.status, StatusCode::OK);
    let saw = reply.json();
    assert_eq!(saw["path"], "/api/v1/things");
    assert_eq!(saw["method"], "GET");
    assert_eq!(saw["sub"], Emulator::SUBJECT);
    assert_eq!(saw["body_len"], 0);
    assert_eq!(saw["request"], 1);
}

#[tokio::test]
async fn a_body_comes_back_from_echo_and_a_large_one_too() {
    let emulator = Emulator::start().await.unwrap();
    let authorization = format!("Bearer {}", emulator.issue_token());
    let headers = [("authorization", authorization.as_str()), ("content-type", "text/x-test")];
    let body = "ä".repeat(2 * 1024 * 1024);
    let url = format!("{}/echo", emulator.api_url());
    let reply = send(Method::PUT, &url, &headers, body.clone()).await.unwrap();
    assert_eq!(reply.body, body);
    assert_eq!(reply.header("content-type"), Some("text/x-test"));
}

#[tokio::test]
async fn no_token_is_a_challenge_without_an_error() {
    let emulator = Emulator::start().await.unwrap();
    for headers in [&[][..], &[("authorization", "Basic YTpi")], &[("x-api-key", "anything")]] {
        let reply = get(&emulator, headers).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn two_tokens_are_a_bad_request() {
    let emulator = Emulator::start().await.unwrap();
    let bearer = format!("Bearer {}", emulator.issue_token());
    let reply = get(&emulator, &[("authorization", &bearer), ("authorization", &bearer)]).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(reply.header("www-authenticate"), Some(r#"Bearer error="invalid_request""#));
}

#[tokio::test]
async fn a_header_of_ones_own_takes_the_bare_token() {
    let header = HeaderName::from_static("x-api-key");
    let emulator = Emulator::builder().with_token_header(header).start().await.unwrap();
    let token = emulator.issue_token();
    let bearer = format!("Bearer {token}");
    assert_eq!(get(&emulator, &[("x-api-key", &token)]).await.status, StatusCode::OK);
    assert_eq!(get(&emulator, &[("authorization", &bearer)]).await.status, StatusCode::OK);
    assert_eq!(get(&emulator, &[("x-api-key", &bearer)]).await.status, StatusCode::UNAUTHORIZED);
    let both = [("x-api-key", token.as_str()), ("authorization", &bearer)];
    assert_eq!(get(&emulator, &both).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_forged_token_is_refused_and_the_record_says_why() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.issue_token();
    let other = Emulator::start().await.unwrap();
    for (token, rejection) in [
        ("not-a-token".to_owned(), Rejection::Format),
        (format!("{token}="), Rejection::Base64),
        (other.issue_token(), Rejection::Audience),
        ("x".repeat(64 * 1024 + 1), Rejection::TooLarge),
    ] {
        let reply = call(&emulator, "/things", &token).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#));
        assert_eq!(reply.json()["error"], "invalid_token");
        assert_eq!(emulator.api_requests().last().unwrap().rejection(), Some(rejection));
    }
}

#[tokio::test]
async fn a_token_ends_with_its_last_second() {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let emulator = Emulator::builder()
        .with_clock(move || start)
        .with_token_lifetime(Duration::from_secs(2))
        .start()
        .await
        .unwrap();
    let token = emulator.issue_token();
    emulator.advance(Duration::from_millis(1999));
    assert_eq!(call(&emulator, "/things", &token).await.status, StatusCode::OK);
    emulator.advance(Duration::from_millis(1));
    assert_eq!(call(&emulator, "/things", &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(emulator.verify(&token), Err(Rejection::Expired));
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once() {
    let emulator = Emulator::start().await.unwrap();
    let [first, second, third] = [(); 3].map(|()| emulator.issue_token());
    assert!(emulator.revoke(&first));
    assert!(!emulator.revoke("never issued"));
    assert_eq!(call(&emulator, "/things", &first).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&emulator, "/things", &second).await.status, StatusCode::OK);
    emulator.revoke_all();
    assert_eq!(emulator.verify(&second), Err(Rejection::Revoked));
    assert_eq!(emulator.verify(&third), Err(Rejection::Revoked));
    assert!(emulator.verify(&emulator.issue_token()).is_ok());
}

#[tokio::test]
async fn some_things_are_forbidden_to_any_token() {
    let emulator = Emulator::start().await.unwrap();
    let reply = call(&emulator, "/forbidden", &emulator.issue_token()).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(reply.header("www-authenticate"), Some(r#"Bearer error="insufficient_scope""#));
    assert_eq!(call(&emulator, "/forbidden", "bad").await.status, StatusCode::UNAUTHORIZED);
}

async fn get(emulator: &Emulator, headers: &[(&str, &str)]) -> Reply {
    send(Method::GET, &format!("{}/things", emulator.api_url()), headers, "").await.unwrap()
}
