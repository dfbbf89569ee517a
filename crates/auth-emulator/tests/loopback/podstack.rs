use auth_emulator::{Emulator, Rejection, StatusCode, systems::Podstack};
use http::Method;
use serde_json::{Value, json};

use crate::client::{Reply, send};

#[tokio::test]
async fn whoami_tells_the_email_and_the_project() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.podstack().token();
    assert!(token.starts_with("psk_"));
    let reply = get(&emulator, "/auth/whoami", &token, &[("x-project-id", Podstack::PROJECT)]).await;
    assert_eq!(
        (&reply.json()["email"], &reply.json()["project"]),
        (&json!(Podstack::EMAIL), &json!(Podstack::PROJECT))
    );
    assert_eq!(get(&emulator, "/auth/whoami", &token, &[]).await.json()["project"], Value::Null);
}

#[tokio::test]
async fn projects_come_page_by_page() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.podstack().token();
    let bearer = format!("Bearer {token}");
    let url = format!("{}/projects", emulator.podstack().endpoint());
    let created = send(Method::POST, &url, &[("authorization", &bearer)], r#"{"name":"second"}"#).await.unwrap();
    assert_eq!(created.status, StatusCode::CREATED);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    let page = get(&emulator, "/projects?limit=1&offset=1", &token, &[]).await.json();
    assert_eq!(page, json!({"projects": [{"id": id, "name": "second"}], "total": 2, "limit": 1, "offset": 1}));
    assert_eq!(get(&emulator, &format!("/projects/{id}"), &token, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_refusal_has_its_status_code_and_field() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.podstack().token();
    for (path, token, project, status, code, field) in [
        ("/projects", "", None, 401, "authentication_error", Value::Null),
        ("/projects", "psk_other", None, 401, "authentication_error", Value::Null),
        ("/projects", &token, Some(Podstack::FORBIDDEN_PROJECT), 403, "permission_denied", Value::Null),
        ("/projects", &token, Some("unknown"), 404, "not_found", Value::Null),
        ("/projects/unknown", &token, None, 404, "not_found", Value::Null),
        ("/projects?limit=0", &token, None, 422, "validation_error", json!("limit")),
        ("/projects?offset=x", &token, None, 422, "validation_error", json!("offset")),
    ] {
        let headers: Vec<_> = project.map(|id| ("x-project-id", id)).into_iter().collect();
        let reply = get(&emulator, path, token, &headers).await;
        let error = &reply.json()["error"];
        assert_eq!((reply.status.as_u16(), &error["code"], &error["field"]), (status, &json!(code), &field), "{path}");
        assert!(error["message"].is_string());
    }
    let none = get(&emulator, "/projects", "", &[]).await.json();
    assert_eq!(none["error"]["message"], "No API token provided");
    let bad = get(&emulator, "/projects", &emulator.issue_token(), &[]).await.json();
    assert_eq!(bad["error"]["message"], "Invalid API token");
}

#[tokio::test]
async fn a_token_ends_by_time_and_by_revocation() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.podstack().token();
    assert!(emulator.issued_tokens().contains(&token));
    emulator.revoke_all();
    assert_eq!(get(&emulator, "/projects", &token, &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(emulator.api_requests().last().unwrap().rejection(), Some(Rejection::Revoked));
    let token = emulator.podstack().token();
    emulator.advance(std::time::Duration::from_secs(3601));
    get(&emulator, "/projects", &token, &[]).await;
    assert_eq!(emulator.api_requests().last().unwrap().rejection(), Some(Rejection::Expired));
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let emulator = Emulator::start().await.unwrap();
    emulator.api_faults().once(emulator.podstack().rate_limit(7));
    let reply = get(&emulator, "/projects", &emulator.podstack().token(), &[]).await;
    assert_eq!((reply.status, reply.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, Some("7")));
    assert_eq!(reply.json()["error"]["code"], "rate_limit_exceeded");
}

#[tokio::test]
async fn the_registry_wants_a_project() {
    let emulator = Emulator::start().await.unwrap();
    let bearer = format!("Bearer {}", emulator.podstack().token());
    let url = format!("{}/api/v1/experiments?limit=20&offset=0", emulator.podstack().registry_url());
    let project = ("x-project-id", Podstack::PROJECT);
    let reply = send(Method::GET, &url, &[("authorization", &bearer), project], "").await.unwrap();
    assert_eq!(reply.json()["experiments"][0]["project_id"], Podstack::PROJECT);
    let reply = send(Method::GET, &url, &[("authorization", &bearer)], "").await.unwrap();
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn get(emulator: &Emulator, path: &str, token: &str, more: &[(&str, &str)]) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [&[("authorization", bearer.as_str())], more].concat();
    send(Method::GET, &format!("{}{path}", emulator.podstack().endpoint()), &headers, "").await.unwrap()
}
