use auth_emulator::{Emulator, StatusCode};
use http::Method;
use serde_json::{Value, json};

use crate::{
    client::{Reply, send},
    skyflow::{Account, get},
};

#[tokio::test]
async fn an_api_key_is_shown_once_and_opens_the_vault() {
    let emulator = Emulator::start().await.unwrap();
    let (account, id, key) = created(&emulator).await;
    assert!(key.len() == 42 && key.starts_with("sky-"), "{key}");
    assert_eq!(get(&emulator, &key).await.status, StatusCode::OK);
    let list = manage(&emulator, Method::GET, &format!("/{account}/apiKeys"), Value::Null).await;
    assert_eq!(list.json(), json!({"apiKeys": [{"ID": id, "status": "ENABLED"}]}));
    assert!(!String::from_utf8_lossy(&list.body).contains(&key));
}

#[tokio::test]
async fn a_key_is_rotated_disabled_enabled_and_deleted_and_each_counts_at_once() {
    let emulator = Emulator::start().await.unwrap();
    let (account, id, first) = created(&emulator).await;
    let rotated = manage(&emulator, Method::POST, &format!("/{account}/apiKeys/{id}/rotate"), Value::Null).await.json();
    let (id, second) = (rotated["apiKeyID"].as_str().unwrap(), rotated["apiKey"].as_str().unwrap());
    assert_eq!(get(&emulator, &first).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&emulator, second).await.status, StatusCode::OK);
    for (verb, status) in [("disable", 401), ("enable", 200)] {
        let path = format!("/{account}/apiKeys/{id}/{verb}");
        assert_eq!(manage(&emulator, Method::POST, &path, Value::Null).await.status, StatusCode::OK);
        assert_eq!(get(&emulator, second).await.status, status);
    }
    let path = format!("/{account}/apiKeys/{id}");
    assert_eq!(manage(&emulator, Method::DELETE, &path, Value::Null).await.status, StatusCode::OK);
    assert_eq!(get(&emulator, second).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(manage(&emulator, Method::DELETE, &path, Value::Null).await.status, StatusCode::NOT_FOUND);
    let added = manage(&emulator, Method::POST, &format!("/{account}/apiKeys"), Value::Null).await.json();
    assert_eq!(get(&emulator, added["apiKey"].as_str().unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_account_is_of_one_kind_for_good() {
    let emulator = Emulator::start().await.unwrap();
    let bearer = manage(&emulator, Method::POST, "", json!({"name": "b"})).await.json();
    assert!(bearer["privateKey"].as_str().unwrap().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    let path = format!("/{}/apiKeys", bearer["clientID"].as_str().unwrap());
    let refused = manage(&emulator, Method::POST, &path, Value::Null).await;
    assert_eq!((refused.status, refused.json()["error"]["grpc_code"].as_u64()), (StatusCode::FORBIDDEN, Some(7)));

    let (account, ..) = created(&emulator).await;
    let mut key_file = Account::new(&emulator);
    key_file.0["clientID"] = json!(account);
    let reply = key_file.exchange(&emulator).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.json()["error"]["message"].as_str().unwrap().contains("can't make bearer tokens"));
}

#[tokio::test]
async fn management_wants_a_token_a_name_and_an_account() {
    let emulator = Emulator::start().await.unwrap();
    let url = format!("{}/v1/serviceAccounts", emulator.skyflow().management_url());
    let unasked = send(Method::POST, &url, &[], json!({"name": "a"}).to_string()).await.unwrap();
    assert_eq!(unasked.status, StatusCode::UNAUTHORIZED);
    for body in [json!({}), json!({"name": ""}), json!({"name": "a", "apiKeyEnabled": "yes"})] {
        assert_eq!(manage(&emulator, Method::POST, "", body).await.status, StatusCode::BAD_REQUEST);
    }
    for path in ["/unknown/apiKeys", "/unknown/apiKeys/k/rotate"] {
        assert_eq!(manage(&emulator, Method::POST, path, Value::Null).await.status, StatusCode::NOT_FOUND);
    }
}

async fn created(emulator: &Emulator) -> (String, String, String) {
    let created = manage(emulator, Method::POST, "", json!({"name": "k", "apiKeyEnabled": true})).await.json();
    let text = |name: &str| created[name].as_str().unwrap().to_owned();
    (text("clientID"), text("apiKeyID"), text("apiKey"))
}

async fn manage(emulator: &Emulator, method: Method, path: &str, body: Value) -> Reply {
    let url = format!("{}/v1/serviceAccounts{path}", emulator.skyflow().management_url());
    let bearer = format!("Bearer {}", emulator.skyflow().console_token());
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(method, &url, &[("authorization", &bearer)], body).await.unwrap()
}
