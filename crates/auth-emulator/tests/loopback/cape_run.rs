use auth_emulator::{Emulator, Rejection, StatusCode, systems::Cape};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use serde_json::{Value, json};

use crate::{client::send, websocket::WebSocket};

const NONCE: &str = r#"{"message": {"nonce": "MTQwNTAzNDEwMzYwNzk2Mw=="}}"#;

#[tokio::test]
async fn the_token_is_the_second_subprotocol_and_the_input_comes_back() {
    let emulator = Emulator::start().await.unwrap();
    for token in [emulator.cape().create_token("t").unwrap(), emulator.cape().login_token()] {
        let (head, socket) = open(&emulator, &[&format!("cape.runtime, {token}")]).await;
        assert!(head.contains("sec-websocket-protocol: cape.runtime\r\n") && !head.contains(&token), "{head}");
        let mut socket = socket.unwrap();
        socket.send(NONCE).await;
        let attestation = socket.receive().await.unwrap();
        assert_eq!(attestation["message"]["type"], "attestation_doc");
        assert!(decoded(&attestation).ends_with("1405034103607963"));
        for input in ["first", "second"] {
            socket.send(input).await;
            let result = socket.receive().await.unwrap();
            assert_eq!((&result["message"]["type"], decoded(&result).as_str()), (&json!("function_result"), input));
        }
    }
    let request = &emulator.api_requests()[0];
    assert_eq!((request.status(), request.header("authorization")), (Some(StatusCode::SWITCHING_PROTOCOLS), None));
}

#[tokio::test]
async fn a_token_that_is_no_good_is_told_so_within_the_conversation() {
    let emulator = Emulator::start().await.unwrap();
    let deleted = emulator.cape().create_token("d").unwrap();
    emulator.revoke_all();
    for (token, rejection) in [
        (deleted, Rejection::Revoked),
        (emulator.ivcap().token(), Rejection::Audience),
        ("nonsense".to_owned(), Rejection::Format),
    ] {
        let mut socket = open(&emulator, &["cape.runtime", &token]).await.1.unwrap();
        socket.send(NONCE).await;
        assert_eq!(socket.receive().await.unwrap(), json!({"error": "function not authorized"}));
        assert_eq!(socket.receive().await, None);
        assert_eq!(emulator.api_requests().last().unwrap().rejection(), Some(rejection));
    }
}

#[tokio::test]
async fn a_token_for_another_function_is_not_for_this_one() {
    let emulator = Emulator::start().await.unwrap();
    let made = async |function: &str| {
        let bearer = format!("Bearer {}", emulator.cape().login_token());
        let url = format!("{}/v1/token", emulator.cape().url());
        let body = json!({"name": "f", "function_id": function}).to_string();
        let made = send(Method::POST, &url, &[("authorization", &bearer)], body).await.unwrap().json();
        made["token"].as_str().unwrap().to_owned()
    };
    for (function, refused) in [(Cape::FUNCTION_ID, false), ("another", true)] {
        let mut socket = open(&emulator, &["cape.runtime", &made(function).await]).await.1.unwrap();
        socket.send(NONCE).await;
        assert_eq!(socket.receive().await.unwrap().get("error").is_some(), refused);
    }
}

#[tokio::test]
async fn without_a_token_there_is_no_conversation() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.cape().create_token("t").unwrap();
    for protocols in [vec![], vec!["cape.runtime"], vec!["other", &token], vec!["cape.runtime", &token, "more"]] {
        let (head, socket) = open(&emulator, &protocols).await;
        assert!(socket.is_none() && head.starts_with("http/1.1 401"), "{head}");
    }
    assert!(!open(&emulator, &[&token]).await.0.contains("101"));
}

#[tokio::test]
async fn a_first_message_without_a_nonce_ends_it() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.cape().create_token("t").unwrap();
    let sixteen_letters = BASE64_STANDARD.encode("abcdefghijklmnop");
    for first in ["{}", "no json", &json!({"message": {"nonce": sixteen_letters}}).to_string()] {
        let mut socket = open(&emulator, &["cape.runtime", &token]).await.1.unwrap();
        socket.send(first).await;
        assert!(socket.receive().await.unwrap()["error"].is_string());
        assert_eq!(socket.receive().await, None);
    }
}

#[tokio::test]
async fn a_conversation_ends_with_the_emulator() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.cape().create_token("t").unwrap();
    let mut socket = open(&emulator, &["cape.runtime", &token]).await.1.unwrap();
    socket.send(NONCE).await;
    assert!(socket.receive().await.is_some());
    drop(emulator);
    assert_eq!(socket.receive().await, None);
}

async fn open(emulator: &Emulator, protocols: &[&str]) -> (String, Option<WebSocket>) {
    WebSocket::open(&emulator.cape().run_url(Cape::FUNCTION_ID), protocols).await
}

fn decoded(message: &Value) -> String {
    let bytes = BASE64_STANDARD.decode(message["message"]["message"].as_str().unwrap()).unwrap();
    String::from_utf8(bytes).unwrap()
}
