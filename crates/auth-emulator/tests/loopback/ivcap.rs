use std::time::Duration;

use auth_emulator::{Emulator, StatusCode, systems::Ivcap};
use http::Method;
use serde_json::json;

use crate::client::{FORM, Reply, form, send};

#[tokio::test]
async fn pages_are_linked_by_a_host_that_is_a_trap() {
    let emulator = Emulator::start().await.unwrap();
    let bearer = format!("Bearer {}", emulator.ivcap().token());
    let (mut ids, mut query) = (Vec::new(), "limit=2&order-desc=false".to_owned());
    loop {
        let url = format!("{}/1/services2?{query}", emulator.ivcap().url());
        let page = send(Method::GET, &url, &[("authorization", &bearer)], "").await.unwrap().json();
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let links = page["links"].as_array().unwrap();
        let Some(next) = links.iter().find(|link| link["rel"] == "next") else { break };
        let href = next["href"].as_str().unwrap();
        assert!(href.starts_with(emulator.other_origin()), "{href}");
        query = href.split_once('?').unwrap().1.to_owned();
    }
    assert_eq!(ids, [1, 2, 3, 4, 5].map(|number| format!("urn:ivcap:service:{number}")));
    assert_eq!((ids.len(), emulator.api_request_count()), (Ivcap::SERVICES, 3));
}

#[tokio::test]
async fn a_refusal_says_why_in_detail() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.ivcap().token();
    let check = async |path: &str, token: &str, status: u16, detail: &str| {
        let url = format!("{}{path}", emulator.ivcap().url());
        let reply = send(Method::GET, &url, &[("authorization", &format!("Bearer {token}"))], "").await.unwrap();
        assert_eq!((reply.status.as_u16(), reply.json()), (status, json!({"detail": detail})));
    };
    check("/1/services2", "", 401, "missing token").await;
    check("/1/services2", "nonsense", 401, "invalid token").await;
    check("/1/services2", &emulator.issue_token(), 401, "invalid token").await;
    check("/1/services2?limit=0", &token, 400, "limit is not 1 to 50").await;
    check("/1/services2?page=abc", &token, 400, "page is no cursor").await;
    let forbidden = format!("/1/services2/{}", Ivcap::FORBIDDEN_SERVICE);
    check(&forbidden, &token, 403, "account may not read this service").await;
    check("/1/services2/urn:ivcap:service:9", &token, 404, "no such service").await;
    emulator.advance(Duration::from_secs(3601));
    check("/1/services2", &token, 401, "token expired").await;
}

#[tokio::test]
async fn inside_a_container_a_credential_is_a_leak() {
    let emulator = Emulator::start().await.unwrap();
    let url = format!("{}/1/services2?limit=2", emulator.ivcap().base_url());
    assert_eq!(send(Method::GET, &url, &[], "").await.unwrap().json()["items"][1]["id"], "urn:ivcap:service:2");
    let bearer = format!("Bearer {}", emulator.ivcap().token());
    let refused = send(Method::GET, &url, &[("authorization", &bearer)], "").await.unwrap();
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let notes: Vec<_> = emulator.api_requests().iter().map(auth_emulator::RecordedRequest::note).collect();
    assert_eq!(notes, [None, Some("a credential was sent to the sidecar")]);
}

#[tokio::test]
async fn a_refresh_token_is_good_for_one_use_and_a_second_ends_the_family() {
    let emulator = Emulator::start().await.unwrap();
    let first = emulator.ivcap().refresh_token();
    let reply = refresh(&emulator, &first).await;
    assert_eq!((reply.status, &reply.json()["expires_in"]), (StatusCode::OK, &json!(3600)));
    let (token, second) = (reply.access_token(), reply.json()["refresh_token"].as_str().unwrap().to_owned());
    assert_ne!(first, second);
    assert_eq!(list(&emulator, &token).await, StatusCode::OK);
    let third = refresh(&emulator, &second).await.json()["refresh_token"].as_str().unwrap().to_owned();
    for used in [&second, &third, &first] {
        let reply = refresh(&emulator, used).await;
        assert_eq!((reply.status, reply.json()["error"].as_str().unwrap()), (StatusCode::BAD_REQUEST, "invalid_grant"));
    }
    assert_eq!(list(&emulator, &token).await, StatusCode::UNAUTHORIZED, "its access tokens end too");
    assert!(emulator.token_requests()[2].note().is_some());
}

#[tokio::test]
async fn a_refresh_token_survives_a_revocation_of_access_tokens() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.ivcap().refresh_token();
    emulator.revoke_all();
    assert_eq!(refresh(&emulator, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_request_that_is_not_right_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    let client = ("client_id", Ivcap::CLIENT_ID);
    let token = emulator.ivcap().refresh_token();
    for (fields, error) in [
        (vec![client], "invalid_request"),
        (vec![client, ("grant_type", "refresh_token")], "invalid_request"),
        (vec![client, ("grant_type", "password")], "unsupported_grant_type"),
        (vec![client, ("grant_type", "refresh_token"), ("refresh_token", "unknown")], "invalid_grant"),
        (vec![("client_id", "other"), ("grant_type", "refresh_token"), ("refresh_token", &token)], "invalid_client"),
        (vec![client, client, ("grant_type", "refresh_token"), ("refresh_token", &token)], "invalid_request"),
    ] {
        assert_eq!(post(&emulator, &fields).await.json()["error"], error, "{fields:?}");
    }
    let of_another = emulator.oauth().refresh_token(Ivcap::CLIENT_ID);
    assert_eq!(refresh(&emulator, &of_another).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn a_device_waits_until_somebody_approves() {
    let emulator = Emulator::start().await.unwrap();
    let body = form(&[("client_id", Ivcap::CLIENT_ID)]);
    let headers = [("content-type", FORM)];
    let started = send(Method::POST, &emulator.ivcap().device_url(), &headers, body).await.unwrap().json();
    let code = started["device_code"].as_str().unwrap();
    assert!(started["verification_uri_complete"].as_str().unwrap().contains(started["user_code"].as_str().unwrap()));
    let poll = async || {
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        post(&emulator, &[("client_id", Ivcap::CLIENT_ID), ("grant_type", grant), ("device_code", code)]).await
    };
    assert_eq!(poll().await.json()["error"], "authorization_pending");
    assert_eq!((emulator.ivcap().approve(), emulator.ivcap().approve()), (1, 0));
    let granted = poll().await;
    assert_eq!(list(&emulator, &granted.access_token()).await, StatusCode::OK);
    assert!(granted.json()["refresh_token"].is_string());
    assert_eq!(poll().await.json()["error"], "invalid_grant");
}

async fn list(emulator: &Emulator, token: &str) -> StatusCode {
    let url = format!("{}/1/services2", emulator.ivcap().url());
    send(Method::GET, &url, &[("authorization", &format!("Bearer {token}"))], "").await.unwrap().status
}

async fn refresh(emulator: &Emulator, token: &str) -> Reply {
    post(emulator, &[("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", Ivcap::CLIENT_ID)]).await
}

async fn post(emulator: &Emulator, fields: &[(&str, &str)]) -> Reply {
    send(Method::POST, &emulator.ivcap().token_url(), &[("content-type", FORM)], form(fields)).await.unwrap()
}
