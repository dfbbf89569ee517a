//! An API client's requests go where they should, and say what they should.

use auth_core::exchange::TokenEndpoint;
use auth_core::sources::ApiKey;
use auth_core::{Access, Endpoint, RequestAuth};
use auth_emulator::Emulator;
use auth_reqwest::{ApiClient, ApiErrorKind, ApiRequest, api_client, path};
use http::StatusCode;
use serde_json::json;

use super::api_stage::{ApiStage, BASE, TOKEN, access, answer, project};
use crate::rig::Load;

#[test]
fn a_path_goes_below_the_endpoints_own_with_the_token_and_the_query() {
    let stage = ApiStage::new();
    let id = path(["things", "a/b c"]).unwrap();
    stage.run(stage.client.get(format!("{id}?x=1")).query("name", "ü&=").query("n", 2).send()).0.unwrap();
    assert_eq!(stage.server.asked(), [format!("GET {BASE}/things/a%2Fb%20c?x=1&name=%C3%BC%26%3D&n=2")]);
    assert_eq!(stage.server.got()[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
}

#[test]
fn every_request_says_the_context_and_what_it_says_itself_wins() {
    let stage = ApiStage::of(&access().with_context(project()));
    let client = &stage.client;
    stage.run(client.post("/things").json(&json!({ "name": "x" })).send()).0.unwrap();
    let own = client.post("/things?version=1").header("x-project-id", "p-2");
    stage.run(own.json(&json!({ "project_id": "p-2" })).send()).0.unwrap();
    stage.run(client.post("/things").json(&json!([1])).send()).0.unwrap();
    stage.run(client.post("/things").json(&json!({})).without_body_field("project_id").send()).0.unwrap();
    let got = stage.server.got();
    let bodies: Vec<_> = got.iter().map(|got| got.json()).collect();
    assert_eq!(
        bodies,
        [json!({ "name": "x", "project_id": "p-1" }), json!({ "project_id": "p-2" }), json!([1]), json!({})]
    );
    let queries: Vec<_> = got.iter().map(|got| got.url.query().unwrap()).collect();
    assert_eq!(queries, ["version=2026-10-14", "version=1", "version=2026-10-14", "version=2026-10-14"]);
    let projects: Vec<_> = got.iter().map(|got| got.header("x-project-id").unwrap()).collect();
    assert_eq!(projects, ["p-1", "p-2", "p-1", "p-1"]);
    assert!(got.iter().all(|got| got.header("content-type") == Some("application/json")));
}

#[test]
fn a_url_of_the_same_origin_is_taken_and_one_of_another_is_not_sent() {
    let stage = ApiStage::new();
    stage.run(stage.client.get("https://API.acme.example:443/other").send()).0.unwrap();
    for elsewhere in [
        "https://evil.example/v1/x",
        "http://api.acme.example/v1/x",
        "https://api.acme.example:8443/v1/x",
        "https://api.acme.example.evil.example/",
        "https://user@api.acme.example/v1/x",
        "//evil.example/v1/x",
        "ftp://api.acme.example/x",
    ] {
        let error = stage.run(stage.client.get(elsewhere).send()).0.unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Config, "{elsewhere}");
        assert!(error.to_string().contains("another origin"), "{elsewhere}: {error}");
    }
    assert_eq!(stage.server.asked(), ["GET https://api.acme.example/other"]);
}

#[test]
fn a_url_in_a_query_or_a_path_does_not_make_it_a_url() {
    let stage = ApiStage::new();
    for path in ["/items?next=https://h/x", "/items/https://h/x"] {
        stage.run(stage.client.get(path).send()).0.unwrap();
        assert_eq!(stage.server.asked().pop().unwrap(), format!("GET {BASE}{path}"));
    }
}

#[test]
fn what_could_be_read_as_another_path_is_not_sent() {
    let stage = ApiStage::new();
    for path in ["things", "/../admin", "/a/%2e%2e/b", "/a#b", "/a b", "/a\\b", "/ü", "/a\nb", "", "\t/x"] {
        let error = stage.run(stage.client.get(path).send()).0.unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Config, "{path:?}");
    }
    let said = stage.run(stage.client.get("items?next=https://h/x").send()).0.unwrap_err().to_string();
    assert!(said.contains("begin with a slash"), "it is no url: {said}");
    let broken: [ApiRequest; 2] =
        [stage.client.get("/x").header("a b", "c"), stage.client.get("/x").header("a", "c\nd: e")];
    for request in broken {
        assert_eq!(stage.run(request.send()).0.unwrap_err().kind(), ApiErrorKind::Config);
    }
    assert!(stage.server.got().is_empty());
}

#[test]
fn where_the_platform_adds_the_credential_none_is_sent_over_plain_http_too() {
    let sidecar = Endpoint::parse("http://ivcap.local").unwrap();
    let stage = ApiStage::of(&Access::none_needed("ivcap", sidecar));
    stage.run(stage.client.get("/1/services2").send()).0.unwrap();
    assert_eq!(stage.server.got()[0].header("authorization"), None);
}

#[test]
fn one_request_can_go_without_the_credential() {
    let stage = ApiStage::new();
    stage.run(stage.client.get("/health").auth(RequestAuth::none()).send()).0.unwrap();
    assert_eq!(stage.server.got()[0].header("authorization"), None);
}

#[test]
fn a_stream_passes_once_and_its_401_is_returned() {
    let stage = ApiStage::new();
    stage.server.then(answer(401, "{}"));
    stage.server.then(answer(503, "{}"));
    let upload = |_| stage.client.put("/files/1").body(reqwest::Body::wrap(Load::once("much"))).send();
    let statuses = [0, 1].map(|n| stage.run(upload(n)).0.unwrap_err().status());
    assert_eq!(statuses, [Some(StatusCode::UNAUTHORIZED), Some(StatusCode::SERVICE_UNAVAILABLE)]);
    assert_eq!(stage.server.got().len(), 2);
}

/// Over sockets, with the emulator as issuer and API, and a token that was just revoked.
async fn revoked() -> (Emulator, ApiClient) {
    let emulator = Emulator::start().await.unwrap();
    let source = ApiKey::new(TokenEndpoint::parse(&emulator.token_url()).unwrap(), Emulator::API_KEY).unwrap();
    let access = Access::new("acme", source, Endpoint::parse(&emulator.api_url()).unwrap());
    let client = ApiClient::builder(&access).client(api_client().no_proxy().build().unwrap()).build().unwrap();
    client.get("/items").send().await.unwrap();
    emulator.revoke_all();
    (emulator, client)
}

#[tokio::test]
async fn a_revoked_token_is_replaced_under_way() {
    let (emulator, client) = revoked().await;
    client.post("/echo").json(&json!({ "a": 1 })).send().await.unwrap();
    assert_eq!((emulator.token_request_count(), emulator.api_requests().len()), (2, 3));
}

#[tokio::test]
async fn after_a_streams_401_its_caller_has_a_new_token_to_send_it_with() {
    let (emulator, client) = revoked().await;
    let upload = || client.post("/echo").body(reqwest::Body::wrap(Load::once("text")));
    let refused = upload().send().await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ApiErrorKind::Authentication, Some("invalid_token")));
    upload().auth(RequestAuth::fresh()).send().await.unwrap();
    assert_eq!((emulator.token_request_count(), emulator.api_requests().len()), (2, 3));
}

#[test]
fn an_answer_is_json_text_or_chunks_as_one_likes() {
    let stage = ApiStage::new();
    stage.server.then(answer(200, r#"{"email":"a@b.example"}"#));
    let value: serde_json::Value = stage.run(async { stage.client.get("/x").send().await?.json().await }).0.unwrap();
    assert_eq!(value["email"], "a@b.example");
    stage.server.then(answer(200, "plain"));
    assert_eq!(stage.run(async { stage.client.get("/x").send().await?.text().await }).0.unwrap(), "plain");

    let long = "0123456789".repeat(1000);
    stage.server.then(answer(200, "").streaming(reqwest::Body::wrap(Load::once(long.clone()))));
    let (read, _) = stage.run(async {
        let mut response = stage.client.get("/x").send().await.unwrap();
        let (mut read, mut pieces) = (String::new(), 0);
        while let Some(chunk) = response.chunk().await.unwrap() {
            read += std::str::from_utf8(&chunk).unwrap();
            pieces += 1;
        }
        assert!(pieces > 1, "it is not collected first");
        read
    });
    assert_eq!(read, long);
}

#[test]
fn whoami_asks_where_the_system_says() {
    let stage = ApiStage::of(&access().with_whoami("/auth/whoami"));
    stage.server.then(answer(200, r#"{"email":"a@b.example","id":"u1"}"#));
    let whoami = stage.run(stage.client.whoami()).0.unwrap();
    assert_eq!((whoami.email.as_deref(), whoami.id.as_deref()), (Some("a@b.example"), Some("u1")));
    assert_eq!(stage.server.asked(), [format!("GET {BASE}/auth/whoami")]);
    let none = ApiStage::new();
    assert_eq!(none.run(none.client.whoami()).0.unwrap_err().kind(), ApiErrorKind::Config);
}

#[test]
fn clients_share_an_authenticator_and_one_that_is_given_two_is_an_error() {
    let first = ApiClient::new(&access()).unwrap();
    let shared = || ApiClient::builder(&access()).authenticator(first.authenticator().clone());
    assert!(shared().build().is_ok());
    let both = shared().runtime(auth_core::runtime::FakeRuntime::new());
    assert!(both.build().unwrap_err().to_string().contains("authenticator"));
}
