use std::time::Duration;

use auth_emulator::{Emulator, Flaw, Rejection, StatusCode};
use http::Method;
use serde_json::{Value, json};

use crate::client::{FORM, api_key_form, fetch, send};

#[tokio::test]
async fn a_flaw_changes_what_it_says_and_only_once() {
    let emulator = Emulator::start().await.unwrap();
    for value in [json!("3600"), json!(-1), json!(1.5), json!(u64::MAX), Value::Null, json!({})] {
        emulator.token_flaws().once(Flaw::expires_in(value.clone()));
        assert_eq!(fetch(&emulator).await.json()["expires_in"], value);
    }
    emulator.token_flaws().once(Flaw::token_type("mac"));
    assert_eq!(fetch(&emulator).await.json()["token_type"], "mac");
    let members = |answer: Value| answer.as_object().unwrap().len();
    assert_eq!(members(fetch(&emulator).await.json()), 6);
    for (flaw, missing) in [
        (Flaw::without_expires_in(), vec!["expires_in"]),
        (Flaw::without_access_token(), vec!["access_token"]),
        (Flaw::without_expires_in().and(Flaw::Without("expiration")), vec!["expires_in", "expiration"]),
    ] {
        emulator.token_flaws().once(flaw);
        let answer = fetch(&emulator).await.json();
        assert!(missing.iter().all(|name| answer.get(name).is_none()), "{missing:?}");
        assert_eq!(members(answer), 6 - missing.len());
    }
}

#[tokio::test]
async fn an_error_can_wear_status_200() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_flaws().once(Flaw::ErrorWithSuccess);
    let reply = fetch(&emulator).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json(), json!({"error": "invalid_grant"}));
}

#[tokio::test]
async fn the_same_token_can_be_served_again_even_when_it_is_worth_nothing() {
    let emulator = Emulator::builder().with_token_lifetime(Duration::from_secs(60)).start().await.unwrap();
    emulator.token_flaws().always(Flaw::SameToken);
    let first = fetch(&emulator).await;
    assert_eq!(emulator.issued_tokens().len(), 1, "there was none to repeat");
    emulator.advance(Duration::from_secs(100));
    let second = fetch(&emulator).await;
    assert_eq!(second.access_token(), first.access_token());
    assert_eq!(second.json()["expires_in"], 0);
    assert_eq!(emulator.verify(&second.access_token()), Err(Rejection::Expired));
    emulator.token_flaws().clear();
    assert_ne!(fetch(&emulator).await.access_token(), first.access_token());
}

#[tokio::test]
async fn a_refused_request_uses_up_no_flaw() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_flaws().once(Flaw::token_type("mac"));
    let headers = [("content-type", FORM)];
    let reply = send(Method::POST, &emulator.token_url(), &headers, api_key_form("wrong")).await.unwrap();
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(emulator.token_flaws().pending(), 1);
    assert_eq!(fetch(&emulator).await.json()["token_type"], "mac");
}
