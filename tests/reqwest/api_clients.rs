//! The systems' clients send what the systems' own clients send, as recorded in `data/wire`, and read their answers.

use std::time::{Duration, SystemTime};

use auth_core::runtime::FakeRuntime;
use auth_core::sources::StaticToken;
use auth_core::{Access, Context, Endpoint};
use auth_reqwest::clients::{
    CapeClient, IvcapClient, PodstackClient, PodstackRegistry, SkyflowClient, SkyflowConnection, SkyflowKeys,
    WatsonxClient,
};
use auth_reqwest::{ApiClient, ApiErrorKind, Retries};
use http::{HeaderName, Method};
use serde_json::{Value, json};

use super::api_stage::{ApiStage, Got, answer};

fn recording(case: &str) -> Value {
    let path = format!("{}/data/wire/{case}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text<'a>(recording: &'a Value, pointer: &str) -> &'a str {
    recording.pointer(pointer).and_then(Value::as_str).unwrap()
}

/// An access for the host that a request was recorded at, with the token that it was recorded with.
fn recorded_access(case: &str, recorded: &Value, prefix: &str) -> Access {
    let headers = &recorded["headers"];
    let base = Endpoint::parse(&format!("http://{}{prefix}", headers["Host"].as_str().unwrap())).unwrap();
    let bearer = headers["Authorization"].as_str().map(|value| value.strip_prefix("Bearer ").unwrap());
    match bearer.or(headers["x-skyflow-authorization"].as_str()) {
        Some(token) => Access::new(case.to_owned(), StaticToken::new(token).unwrap(), base),
        None => Access::none_needed(case.to_owned(), base),
    }
}

/// Method, path, query, credential and JSON are those of the recording.
fn check(case: &str, got: &Got, recorded: &Value) {
    assert_eq!(got.method, recorded["method"].as_str().unwrap(), "{case}");
    let path = got.url.as_str().splitn(4, '/').nth(3).unwrap();
    assert_eq!(format!("/{path}"), recorded["path"].as_str().unwrap(), "{case}");
    for name in ["Authorization", "x-skyflow-authorization", "X-Project-ID"] {
        assert_eq!(got.header(name), recorded["headers"][name].as_str(), "{case}: {name}");
    }
    let json = (!got.body.is_empty()).then(|| got.json());
    assert_eq!(json.as_ref(), recorded.get("json"), "{case}");
}

#[test]
fn ivcap_lists_services_page_by_page() {
    for case in
        ["ivcap-args-list-services", "ivcap-env-list-services", "ivcap-dotenv-loaded-by-user", "ivcap-base-url-no-auth"]
    {
        let recording = recording(case);
        let stage = ApiStage::of(&recorded_access(case, &recording["request"], ""));
        let next = "https://develop.ivcap.net/1/services2?limit=1&page=abc";
        stage.server.then(answer(
            200,
            json!({
                "items": [{ "id": text(&recording, "/returned/0"), "name": "one", "account": "urn:ivcap:account:a1" }],
                "links": [{ "rel": "self", "href": "x" }, { "rel": "next", "type": "application/json", "href": next }],
            }),
        ));
        stage.server.then(answer(200, json!({ "items": [], "links": [] })));
        let services = stage.run(IvcapClient::over(stage.client.clone()).services(2).all()).0.unwrap();
        let ids: Vec<_> = services.iter().map(|service| Value::from(&*service.id)).collect();
        assert_eq!(Value::from(ids), recording["returned"], "{case}");
        let requests = recording["requests"].as_array().unwrap();
        let got = stage.server.got();
        assert_eq!(got.len(), requests.len());
        got.iter().zip(requests).for_each(|(got, recorded)| check(case, got, recorded));
    }
    let case = "ivcap-err-401";
    let stage = ApiStage::of(&recorded_access(case, &recording(case)["request"], ""));
    stage.server.then(answer(401, r#"{"detail":"token expired"}"#));
    let error = stage.run(IvcapClient::over(stage.client.clone()).services(2).next()).0.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ApiErrorKind::Authentication, Some("token expired")));
    check(case, &stage.server.got()[0], &recording(case)["request"]);
}

#[test]
fn podstack_lists_projects_and_experiments() {
    for (case, prefix) in [("podstack-client-args-list-projects", ""), ("podstack-client-env", "/v1")] {
        let recording = recording(case);
        let stage = ApiStage::of(&recorded_access(case, &recording["request"], prefix));
        stage.server.then(answer(200, r#"{"projects":[{"id":"p1","name":"one","region":"eu"}],"total":1}"#));
        let projects = stage.run(PodstackClient::over(stage.client.clone()).projects().all()).0.unwrap();
        assert_eq!((projects[0].id.as_str(), &projects[0].other["region"]), ("p1", &"eu".into()));
        check(case, &stage.server.got()[0], &recording["request"]);
    }
    let case = "podstack-registry-list-experiments";
    let recording = recording(case);
    let project = Context::default().with_header(HeaderName::from_static("x-project-id"), "proj-1").unwrap();
    let stage = ApiStage::of(&recorded_access(case, &recording["request"], "").with_context(project));
    stage.server.then(answer(200, "[]"));
    stage.run(PodstackRegistry::over(stage.client.clone()).experiments().all()).0.unwrap();
    check(case, &stage.server.got()[0], &recording["request"]);
    // Beside the API, whose path is not the registry's.
    let api = recorded_access(case, &recording["request"], "/v1");
    assert_eq!(*PodstackRegistry::new(&api).unwrap().api().endpoint(), *stage.client.endpoint());
}

#[test]
fn podstacks_errors_are_those_that_its_users_know() {
    for (case, status, kind) in [
        ("podstack-client-err-401", 401, ApiErrorKind::Authentication),
        ("podstack-client-err-403", 403, ApiErrorKind::PermissionDenied),
    ] {
        let recording = recording(case);
        let stage = ApiStage::of(&recorded_access(case, &recording["request"], ""));
        stage.server.then(answer(status, r#"{"error":{"message":"nope","code":"c1"}}"#));
        let error = stage.run(PodstackClient::over(stage.client.clone()).projects().next()).0.unwrap_err();
        assert_eq!((error.kind(), error.code(), error.message()), (kind, Some("c1"), Some("nope")), "{case}");
        check(case, &stage.server.got()[0], &recording["request"]);
        assert_eq!(stage.server.got().len(), 1, "no retry");
    }
}

#[test]
fn cape_creates_lists_and_deletes_tokens() {
    let case = |name: &str| {
        let recording = recording(name);
        let stage = ApiStage::of(&recorded_access(name, &recording["request"], ""));
        (CapeClient::over(stage.client.clone()), stage, recording)
    };
    let (cape, stage, wire) = case("cape-cli-token-create");
    stage.server.then(answer(201, r#"{"token":"eyJhbGciOiJSUzI1NiJ9.e30.sig"}"#));
    let create = cape.create_token("my-token").description("for use in the javascript sdk");
    let issued = stage.run(create.send()).0.unwrap();
    assert_eq!(issued.token.expose(), text(&wire, "/stdout").trim());
    assert!(!format!("{issued:?}").contains("eyJ"));
    check("create", &stage.server.got()[0], &wire["request"]);

    let (cape, stage, wire) = case("cape-cli-token-create-function-expiry");
    stage.server.then(answer(201, r#"{"token":"t"}"#));
    let end = SystemTime::UNIX_EPOCH + Duration::new(1_795_313_718, 416_741_843);
    let create = cape.create_token("t2").function_id("Nm672nXZQnBe9vL4zedGJb").expires_at(end);
    stage.run(create.send()).0.unwrap();
    check("create-function-expiry", &stage.server.got()[0], &wire["request"]);
    stage.server.then(answer(201, r#"{"token":"t"}"#));
    stage.run(cape.create_token("t3").expires_in(Duration::from_secs(3600)).send()).0.unwrap();
    assert_eq!(stage.server.got()[1].json()["expiry"], "2026-11-22T01:00:00Z", "from the client's own clock");

    let (cape, stage, wire) = case("cape-cli-token-create-401");
    stage.server.then(answer(401, ""));
    let error = stage.run(cape.create_token("x").send()).0.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Authentication);
    check("create-401", &stage.server.got()[0], &wire["request"]);
    assert_eq!(stage.run(cape.create_token(" ").send()).0.unwrap_err().kind(), ApiErrorKind::Config);

    for name in ["cape-cli-token-list", "cape-cli-token-list-flag-beats-file"] {
        let (cape, stage, wire) = case(name);
        stage.server.then(answer(200, &wire["server_response"]));
        let tokens = stage.run(cape.tokens()).0.unwrap();
        let expected = wire["server_response"].as_array().map_or(0, Vec::len);
        assert_eq!(tokens.len(), expected, "`null` is an empty list");
        if let [first, second] = &tokens[..] {
            assert_eq!((first.id.as_str(), first.expiry, first.last_used), ("jyjS3x9S9TgNEVaVaR2P2P", None, None));
            let since =
                |time: Option<SystemTime>| time.unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
            assert_eq!((since(second.expiry), since(second.last_used)), (1_678_406_400, 1_676_077_323));
        }
        check(name, &stage.server.got()[0], &wire["request"]);
    }

    let (cape, stage, wire) = case("cape-cli-token-delete");
    stage.run(cape.delete_token("jyjS3x9S9TgNEVaVaR2P2P")).0.unwrap();
    check("delete", &stage.server.got()[0], &wire["request"]);
}

#[test]
fn skyflow_reads_a_vault_and_invokes_a_connection() {
    let case = "skyflow-v2-api-key-vault-get";
    let wire = recording(case);
    let stage = ApiStage::of(&recorded_access(case, &wire["request"], ""));
    stage.server.then(answer(200, r#"{"records":[{"fields":{"name":"Jane","skyflow_id":"1"},"tokens":null}]}"#));
    let records = stage.run(SkyflowClient::over(stage.client.clone()).get("v1", "t").ids(["1"]).send()).0.unwrap();
    assert_eq!(records[0].fields["name"], "Jane");
    assert!(!format!("{records:?}").contains("Jane"));
    check(case, &stage.server.got()[0], &wire["request"]);

    let case = "skyflow-v2-connection-invoke";
    let wire = recording(case);
    let vault = recorded_access(case, &wire["request"], "");
    let url = format!("{}/v1/gateway/outboundRoutes/x", vault.endpoint());
    let elsewhere = vault.with_endpoint(Endpoint::parse("https://vault.skyflowapis.com").unwrap());
    let stage = ApiStage::of(&SkyflowConnection::access(&elsewhere, Endpoint::parse(&url).unwrap()));
    let connection = SkyflowConnection::over(stage.client.clone());
    stage.run(connection.request(Method::POST, "/seg").query("q", 1).json(&json!({ "a": 1 })).send()).0.unwrap();
    check(case, &stage.server.got()[0], &wire["request"]);
}

#[test]
fn skyflows_api_keys_are_created_rotated_disabled_and_deleted() {
    let manage = Endpoint::parse("https://manage.skyflowapis.com").unwrap();
    let access = Access::new("skyflow", StaticToken::new("t").unwrap(), manage);
    let stage = ApiStage::of(&access);
    let keys = SkyflowKeys::over(stage.client.clone());
    let secret = "sky-ab123-0123456789abcdef0123456789abcdef";
    stage.server.then(answer(200, json!({ "clientID": "c1", "clientName": "n", "apiKeyID": "k1", "apiKey": secret })));
    let issued = stage.run(keys.create("n").description("d").send()).0.unwrap();
    assert_eq!((issued.account_id.as_str(), issued.key_id.as_str(), issued.key.expose()), ("c1", "k1", secret));
    assert!(!format!("{issued:?}").contains("sky-"));
    let body = stage.server.got()[0].json();
    assert_eq!((&body["apiKeyEnabled"], &body["serviceAccount"]["name"]), (&true.into(), &"n".into()));
    stage.server.then(answer(200, json!({ "apiKeyID": "k2", "apiKey": secret })));
    let rotated = stage.run(keys.rotate("c1", "k1")).0.unwrap();
    assert_eq!((rotated.account_id.as_str(), rotated.key_id.as_str()), ("c1", "k2"));
    stage.server.then(answer(200, r#"{"apiKeys":[{"ID":"k2","status":"ENABLED"}]}"#));
    let listed = stage.run(keys.list("c1")).0.unwrap();
    assert_eq!((listed[0].id.as_str(), listed[0].status.as_deref()), ("k2", Some("ENABLED")));
    stage.run(keys.disable("c1", "k2")).0.unwrap();
    stage.run(keys.enable("c1", "k2")).0.unwrap();
    stage.run(keys.delete("c1", "k2")).0.unwrap();
    stage.server.then(answer(403, r#"{"error":{"message":"a bearer account","http_code":403}}"#));
    assert_eq!(stage.run(keys.add("c1")).0.unwrap_err().kind(), ApiErrorKind::PermissionDenied);
    let asked = stage.server.asked();
    let asked: Vec<_> =
        asked.iter().map(|asked| asked.replace("https://manage.skyflowapis.com/v1/serviceAccounts", "")).collect();
    assert_eq!(
        asked,
        [
            "POST ",
            "POST /c1/apiKeys/k1/rotate",
            "GET /c1/apiKeys",
            "POST /c1/apiKeys/k2/disable",
            "POST /c1/apiKeys/k2/enable",
            "DELETE /c1/apiKeys/k2",
            "POST /c1/apiKeys",
        ]
    );
    let vault = access.with_endpoint(Endpoint::parse("https://vault.skyflowapis.com").unwrap());
    assert_eq!(SkyflowKeys::new(&vault).unwrap().api().endpoint().to_string(), "https://manage.skyflowapis.com");
}

#[test]
fn watsonx_generates_text_in_the_default_project_or_another() {
    let case = "watsonx-apikey-generate-project";
    let wire = recording(case);
    let project = text(&wire, "/inputs/args/project_id");
    let context = Context::default().with_body_field("project_id", project);
    let stage = ApiStage::of(&recorded_access(case, &wire["request"], "").with_context(context));
    let watsonx = WatsonxClient::over(stage.client.clone());
    let generated = r#"{"model_id":"m","results":[{"generated_text":"hi","generated_token_count":2,
        "input_token_count":1,"stop_reason":"eos_token"}]}"#;
    let generate = || watsonx.generate("ibm/granite-13b-chat-v2", "hello");
    stage.server.then(answer(200, generated));
    let text = stage.run(generate().send()).0.unwrap();
    assert_eq!(
        (text.text.as_str(), text.stop_reason.as_deref(), text.generated_tokens),
        ("hi", Some("eos_token"), Some(2))
    );
    check(case, &stage.server.got()[0], &wire["request"]);

    stage.server.then(answer(200, generated));
    stage.run(generate().space_id("s-1").parameters(json!({ "max_new_tokens": 5 })).send()).0.unwrap();
    let body = stage.server.got()[1].json();
    assert_eq!((body.get("project_id"), &body["space_id"]), (None, &"s-1".into()), "watsonx takes one of them");
    let both = stage.run(generate().space_id("s-1").project_id("p-1").send()).0.unwrap_err();
    assert_eq!(both.kind(), ApiErrorKind::Config);
    stage.server.then(answer(503, ""));
    assert!(stage.run(generate().send()).0.is_err());
    assert_eq!(stage.server.got().len(), 3, "what is paid for is not repeated");
}

#[test]
fn clients_with_settings_share_an_authenticator_and_say_so_if_they_are_given_two() {
    let endpoint = Endpoint::parse("https://api.acme.example").unwrap();
    let access = Access::new("acme", StaticToken::new("t").unwrap(), endpoint);
    let first = ApiClient::new(&access).unwrap();
    let shared = ApiClient::builder(&access).authenticator(first.authenticator().clone()).retries(Retries::none());
    assert!(shared.build().is_ok());
    let both = ApiClient::builder(&access).authenticator(first.authenticator().clone()).runtime(FakeRuntime::new());
    assert!(both.build().unwrap_err().to_string().contains("authenticator"));
}
