//! What goes to the token endpoint, and what becomes of its answers.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Response;
use serde_json::json;

use super::*;
use crate::runtime::{FakeRuntime, Runtime};
use crate::signer::Algorithm;
use crate::signer::test_keys::{key, pem, verified};
use crate::{Authenticator, testing::ScriptedTransport};

const URI: &str = "https://manage.skyflowapis.com/v1/auth/sa/oauth/token";

fn credentials() -> Credentials {
    Credentials::with_signer("cid", "kid", URI, key(Algorithm::Rs256)).unwrap()
}

fn epoch(clock: &FakeRuntime) -> u64 {
    clock.now().wall().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Skyflow's answer with a token that lives so long.
fn granted(clock: &FakeRuntime, lifetime: u64) -> String {
    let claims = json!({"iat": epoch(clock), "exp": epoch(clock) + lifetime});
    let jwt = format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
    json!({"accessToken": jwt, "tokenType": "Bearer"}).to_string()
}

fn authenticator(source: BearerToken, server: &ScriptedTransport, clock: &FakeRuntime) -> Authenticator {
    Authenticator::builder(source).anywhere().transport(server.clone()).runtime(clock.clone()).build().unwrap()
}

/// The body of the one request, and the claims of its assertion.
fn sent(source: BearerToken) -> (Value, Value) {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    server.answer(200, granted(&clock, 3600));
    clock.block_on(authenticator(source, &server, &clock).warm_up()).unwrap();
    let requests = server.requests();
    let [request] = &requests[..] else { panic!("{} requests", requests.len()) };
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", URI));
    assert_eq!(request.headers()["content-type"], "application/json");
    assert!(!request.headers().contains_key("authorization"));
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    let (header, mut claims) = verified(Algorithm::Rs256, body["assertion"].as_str().unwrap());
    assert_eq!(header, json!({"alg": "RS256", "typ": "JWT"}));
    assert_eq!(claims["exp"].take(), json!(epoch(&clock) + 3600));
    (body, claims)
}

#[test]
fn the_assertion_says_who_and_for_whom_and_nothing_else() {
    let (body, claims) = sent(BearerToken::new(credentials()));
    assert_eq!(claims, json!({"iss": "cid", "sub": "cid", "key": "kid", "aud": URI, "exp": null}));
    let names: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(names, ["assertion", "grant_type"]);
    assert_eq!(body["grant_type"], GRANT_TYPE);
}

#[test]
fn roles_are_a_scope_and_a_context_is_a_claim() {
    let ctx = json!({"role": "admin", "nested": {"a b": [1, 2]}});
    let source = BearerToken::new(credentials()).roles(["r1", "", "r2"]).unwrap().ctx(ctx.clone()).unwrap();
    let (body, claims) = sent(source);
    assert_eq!(body["scope"], "role:r1 role:r2");
    assert_eq!(claims["ctx"], ctx);
    let source = BearerToken::new(credentials()).roles([""]).unwrap().ctx("").unwrap();
    let (body, claims) = sent(source);
    assert!(body.get("scope").is_none() && claims.get("ctx").is_none());
    let error = BearerToken::new(credentials()).roles(["r1 role:admin"]).unwrap_err();
    assert!(error.to_string().contains("`roles`"), "{error}");
    assert!(BearerToken::new(credentials()).ctx(json!({"a-b": 1})).is_err());
}

#[test]
fn a_token_lives_as_long_as_its_own_end_says() {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    server.answer(200, granted(&clock, 600));
    server.answer(200, granted(&clock, 1200));
    let auth = authenticator(BearerToken::new(credentials()), &server, &clock);
    clock.block_on(auth.warm_up()).unwrap();
    clock.advance(Duration::from_secs(400));
    clock.block_on(auth.warm_up()).unwrap();
    assert_eq!(server.requests().len(), 1);
    clock.advance(Duration::from_secs(201));
    clock.block_on(auth.warm_up()).unwrap();
    assert_eq!(server.requests().len(), 2);
}

fn refused(response: Response<Bytes>) -> Error {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    server.answer_with(Ok(response));
    let error = clock.block_on(authenticator(BearerToken::new(credentials()), &server, &clock).warm_up()).unwrap_err();
    assert!(error.to_string().len() < 600 && !format!("{error} {error:?}").contains("eyJ"), "{error}");
    error
}

fn answer(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().status(status).header("x-request-id", "req-42").body(body.into()).unwrap()
}

#[test]
fn an_error_keeps_the_servers_message_and_the_requests_id() {
    let body = r#"{"error":{"grpc_code":16,"http_code":401,"message":"no such key","http_status":"Unauthorized"}}"#;
    let error = refused(answer(401, body));
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert_eq!((error.status(), error.request_id()), (Some(401), Some("req-42")));
    assert_eq!(error.description(), Some("no such key"));
    assert_eq!(
        error.to_string(),
        "auth: the issuer refused the service account's key (credentials.json) (401: no such key) \
         [manage.skyflowapis.com] (request req-42)"
    );
}

#[test]
fn a_message_that_names_the_roles_and_the_grant_is_kept() {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    let message = "role:reader is not assigned to this account (jwt-bearer)";
    server.answer(400, json!({"error": {"http_code": 400, "message": message}}).to_string());
    let source = BearerToken::new(credentials()).roles(["reader"]).unwrap();
    let error = clock.block_on(authenticator(source, &server, &clock).warm_up()).unwrap_err();
    assert_eq!(error.description(), Some(message));
}

#[test]
fn an_account_for_api_keys_is_told_what_to_use() {
    for message in
        ["Service account is API key enabled", "apiKeyEnabled: bearer tokens are not allowed", "API-key account"]
    {
        let body = json!({"error": {"http_code": 400, "message": message}}).to_string();
        let error = refused(answer(400, body));
        assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(400)));
        assert_eq!((error.request_id(), error.host()), (Some("req-42"), Some("manage.skyflowapis.com")));
        assert!(error.to_string().contains("`api_key`") && error.to_string().contains(message), "{error}");
    }
}

#[test]
fn hostile_answers_get_their_kind_and_are_not_repeated() {
    for (status, body, kind) in [
        (200, "<html>", ErrorKind::Malformed),
        (200, r#"{"access_token":"t"}"#, ErrorKind::Malformed),
        (200, r#"{"accessToken":"t","accessToken":"u"}"#, ErrorKind::Malformed),
        (200, r#"{"accessToken":"a b"}"#, ErrorKind::Malformed),
        (200, r#"{"accessToken":"t","tokenType":"mac"}"#, ErrorKind::Malformed),
        (200, r#"{"error":{"message":"no"}}"#, ErrorKind::Rejected),
        (302, "", ErrorKind::Malformed),
        (404, "<html>", ErrorKind::Transient),
        (429, "{}", ErrorKind::Transient),
        (503, r#"{"error":{"message":"API key"}}"#, ErrorKind::Transient),
    ] {
        let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
        (0..3).for_each(|_| server.answer(status, body));
        let error =
            clock.block_on(authenticator(BearerToken::new(credentials()), &server, &clock).warm_up()).unwrap_err();
        assert_eq!(error.kind(), kind, "{status} {body}: {error}");
    }
    // A server that sends back what it was sent, everywhere it can.
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    let auth = authenticator(BearerToken::new(credentials()), &server, &clock);
    server.answer(503, "");
    let _ = clock.block_on(auth.warm_up());
    let body: Value = serde_json::from_slice(server.requests()[0].body()).unwrap();
    let assertion = body["assertion"].as_str().unwrap();
    let end = &assertion[assertion.len() - 30..];
    let echo = Response::builder().status(400).header("x-request-id", end);
    let echo = echo.body(json!({"error": {"message": format!("bad: {end}")}}).to_string().into()).unwrap();
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    server.answer_with(Ok(echo));
    let error = clock.block_on(authenticator(BearerToken::new(credentials()), &server, &clock).warm_up()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(&end[..8]), "{error}");
}

#[test]
fn a_file_is_read_again_for_each_token_so_that_its_key_can_be_rotated() {
    let path = std::env::temp_dir().join(format!("auth-core-skyflow-rotated-{}.json", std::process::id()));
    let write = |key_id: &str| {
        let json = json!({"clientID": "c", "keyID": key_id, "tokenURI": URI, "privateKey": pem(Algorithm::Rs256)});
        std::fs::write(&path, json.to_string()).unwrap();
    };
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    let auth = authenticator(BearerToken::from_file(&path), &server, &clock);
    for key_id in ["first", "second"] {
        write(key_id);
        server.answer(200, granted(&clock, 60));
        clock.block_on(auth.warm_up()).unwrap();
        clock.advance(Duration::from_secs(61));
    }
    std::fs::remove_file(&path).unwrap();
    let ids: Vec<Value> = server
        .requests()
        .iter()
        .map(|request| {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            verified(Algorithm::Rs256, body["assertion"].as_str().unwrap()).1["key"].clone()
        })
        .collect();
    assert_eq!(ids, ["first", "second"]);
}
