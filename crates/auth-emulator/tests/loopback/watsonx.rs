use auth_emulator::{Emulator, StatusCode, systems::Watsonx};
use http::Method;
use serde_json::{Value, json};

use crate::client::{Reply, fetch, send};

const PATH: &str = "/ml/v1/text/generation?version=2026-10-14";

fn body(more: &[(&str, &str)]) -> Value {
    let mut body = json!({"model_id": Watsonx::MODEL_ID, "input": "one two three"});
    for (name, value) in more {
        body[*name] = json!(value);
    }
    body
}

#[tokio::test]
async fn the_answer_follows_from_the_question() {
    let emulator = Emulator::start().await.unwrap();
    let token = fetch(&emulator).await.access_token();
    let reply = generate(&emulator, &token, PATH, &[], &body(&[("project_id", Watsonx::PROJECT_ID)])).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json()["results"][0]["generated_text"], "You said: three two one");
    assert_eq!(reply.json()["model_id"], Watsonx::MODEL_ID);
    assert_eq!(reply.json()["results"][0]["input_token_count"], 3);
    assert_eq!(emulator.api_requests().len(), 1, "the systems' APIs count as APIs");
}

#[tokio::test]
async fn the_project_may_be_in_body_query_or_header() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.issue_token();
    let with_space = format!("{PATH}&space_id={}", Watsonx::SPACE_ID);
    let header = [("x-ibm-project-id", Watsonx::PROJECT_ID)];
    assert_eq!(generate(&emulator, &token, &with_space, &[], &body(&[])).await.status, StatusCode::OK);
    assert_eq!(generate(&emulator, &token, PATH, &header, &body(&[])).await.status, StatusCode::OK);
    let both = generate(&emulator, &token, &with_space, &header, &body(&[])).await;
    assert_eq!((both.status, &both.json()["status_code"]), (StatusCode::BAD_REQUEST, &json!(400)));
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.issue_token();
    let whole = body(&[("project_id", Watsonx::PROJECT_ID)]);
    let without = |name: &str| {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove(name);
        body
    };
    for (path, body, status, named) in [
        ("/ml/v1/text/generation", whole.clone(), 400, "version"),
        ("/ml/v1/text/generation?version=today", whole.clone(), 400, "version"),
        ("/ml/v1/text/generation?version=2026-13-14", whole.clone(), 400, "version"),
        (PATH, without("model_id"), 400, "model_id"),
        (PATH, without("input"), 400, "input"),
        (PATH, without("project_id"), 400, "project_id"),
        (PATH, json!([]), 400, "object"),
        (PATH, body(&[("project_id", "unknown")]), 404, "project"),
        (PATH, body(&[("project_id", Watsonx::FORBIDDEN_PROJECT_ID)]), 403, "project"),
        (PATH, body(&[("project_id", Watsonx::PROJECT_ID), ("model_id", "other")]), 404, "Model"),
    ] {
        let reply = generate(&emulator, &token, path, &[], &body).await;
        assert_eq!(reply.status, status, "{path} {body}");
        let message = reply.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(named), "{message}");
    }
}

#[tokio::test]
async fn a_token_is_needed_and_told_apart_when_it_is_over() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.issue_token();
    let code = async |token: &str| {
        let reply = generate(&emulator, token, PATH, &[], &body(&[])).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        reply.json()["errors"][0]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(code("").await, "authentication_token_missing");
    assert_eq!(code("nonsense").await, "authentication_token_not_valid");
    assert_eq!(code(&emulator.ivcap().token()).await, "authentication_token_not_valid");
    emulator.advance(std::time::Duration::from_secs(3601));
    assert_eq!(code(&token).await, "authentication_token_expired");
}

#[tokio::test]
async fn a_project_can_be_looked_up() {
    let emulator = Emulator::start().await.unwrap();
    let bearer = format!("Bearer {}", emulator.issue_token());
    let status = async |id: &str| {
        let url = format!("{}/v2/projects/{id}", emulator.watsonx().url());
        send(Method::GET, &url, &[("authorization", &bearer)], "").await.unwrap().status
    };
    assert_eq!(status(Watsonx::PROJECT_ID).await, StatusCode::OK);
    assert_eq!(status(Watsonx::FORBIDDEN_PROJECT_ID).await, StatusCode::FORBIDDEN);
    assert_eq!(status("other").await, StatusCode::NOT_FOUND);
}

async fn generate(emulator: &Emulator, token: &str, path: &str, more: &[(&str, &str)], body: &Value) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [&[("authorization", bearer.as_str())], more].concat();
    send(Method::POST, &format!("{}{path}", emulator.watsonx().url()), &headers, body.to_string()).await.unwrap()
}
