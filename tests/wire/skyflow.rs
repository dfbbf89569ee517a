//! Skyflow: as its Python SDKs (1.15.1 and 2.1.3) do it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth_core::adapter::{Attach, Sent};
use auth_core::runtime::FakeRuntime;
use auth_core::signer::{PrivateKey, Signer};
use auth_core::systems::Skyflow;
use auth_core::systems::skyflow::{BearerToken, Credentials, DataTokens};
use auth_core::{Access, Authenticator, Env, Error, ErrorKind, ScriptedTransport};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, Request};
use serde_json::{Value, json};

use super::recording::recording;

/// A clock that stands where it stood when the client was called.
fn clock_at(seconds: &Value) -> FakeRuntime {
    let clock = FakeRuntime::new();
    let now = clock.wall().duration_since(UNIX_EPOCH).unwrap().as_secs();
    clock.step_wall(seconds.as_i64().unwrap() - i64::try_from(now).unwrap());
    clock
}

/// Header and claims of a JWT that this key signed. RS256 gives one message one signature, so signing again is verifying.
fn verified(jwt: &str, pem: &str) -> (Value, Value) {
    let (message, signature) = jwt.rsplit_once('.').unwrap();
    let key = PrivateKey::from_pem(pem).unwrap();
    let again = FakeRuntime::new().block_on(key.sign(message.as_bytes())).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(again), signature, "signed by another key");
    let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    (part(header), part(claims))
}

fn credentials(recording: &Value) -> &Value {
    &recording["inputs"]["files"]["credentials.json"]
}

fn pem(credentials: &Value) -> &str {
    credentials["privateKey"].as_str().unwrap()
}

/// The first quoted text: `('eyJ..', 'Bearer')`.
fn returned(recording: &Value) -> &str {
    recording["returned"].as_str().unwrap().split('\'').nth(1).unwrap()
}

fn granted(token: &str) -> String {
    json!({"accessToken": token, "tokenType": "Bearer"}).to_string()
}

/// What is the same in all token requests, and the claims of the assertion.
fn check_token_request(case: &str, sent: &Request<Bytes>, recorded: &Value, pem: &str) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    assert_eq!(sent.method().as_str(), text(&recorded["method"]), "{case}");
    assert_eq!(sent.uri().path(), text(&recorded["path"]), "{case}");
    assert_eq!(sent.headers()["content-type"], text(&recorded["headers"]["content-type"]), "{case}");
    // The client of version 2 sends the words `Bearer token`.
    assert!(!sent.headers().contains_key("authorization"), "{case}");

    let mut body: Value = serde_json::from_slice(sent.body()).unwrap();
    let mut expect = recorded["json"].clone();
    let (ours, theirs) = (body["assertion"].take(), expect["assertion"].take());
    // Without roles that client says `"scope": null`.
    let members = expect.as_object_mut().unwrap();
    members.retain(|name, value| name != "scope" || !value.is_null());
    assert_eq!(body, expect, "{case}");
    assert_eq!(verified(ours.as_str().unwrap(), pem), verified(theirs.as_str().unwrap(), pem), "{case}");
}

/// Fetches one token and gives back the request for it.
fn fetch(source: BearerToken, clock: &FakeRuntime, token: &str) -> (Request<Bytes>, Authenticator) {
    let server = ScriptedTransport::new();
    server.answer(200, granted(token));
    let builder = Authenticator::builder(source).anywhere().transport(server.clone()).runtime(clock.clone());
    let auth = builder.build().unwrap();
    let credential = clock.block_on(auth.token(Duration::ZERO)).unwrap();
    assert_eq!(credential.secret().map(|secret| secret.expose()), Some(token));
    let mut requests = server.requests();
    assert_eq!(requests.len(), 1);
    (requests.remove(0), auth)
}

/// The claim `exp` of a token.
fn end(token: &str) -> SystemTime {
    let claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
    UNIX_EPOCH + Duration::from_secs(claims["exp"].as_u64().unwrap())
}

#[test]
fn an_assertion_is_exchanged_as_skyflows_own_clients_do_it() {
    for case in [
        "skyflow-v1-bearer-from-path",
        "skyflow-v2-bearer-from-creds-string",
        "skyflow-v2-bearer-from-path",
        "skyflow-v2-bearer-ctx-string",
        "skyflow-v2-bearer-ctx-object",
        "skyflow-v2-bearer-roles",
    ] {
        let recording = recording(case);
        let (json, options) = (credentials(&recording), &recording["inputs"]["options"]);
        // Pretty-printed, as it is downloaded.
        let text = serde_json::to_string_pretty(json).unwrap();
        let mut source = if case.ends_with("path") {
            let file = std::env::temp_dir().join(format!("{case}-{}.json", std::process::id()));
            std::fs::write(&file, text).unwrap();
            let credentials = Credentials::from_file(&file);
            std::fs::remove_file(&file).unwrap();
            BearerToken::new(credentials.unwrap())
        } else {
            BearerToken::new(Credentials::parse(text).unwrap())
        };
        if let Some(roles) = options["role_ids"].as_array() {
            source = source.roles(roles.iter().map(|role| role.as_str().unwrap())).unwrap();
        }
        source = source.ctx(options["ctx"].clone()).unwrap();
        let clock = clock_at(&recording["assertion_relative"]["now_at_call"]);
        let token = returned(&recording);
        let (sent, auth) = fetch(source, &clock, token);
        check_token_request(case, &sent, &recording["request"], pem(json));
        let assertion: Value = serde_json::from_slice(sent.body()).unwrap();
        let (header, claims) = verified(assertion["assertion"].as_str().unwrap(), pem(json));
        assert_eq!(
            (header, claims),
            (recording["assertion"]["header"].clone(), recording["assertion"]["claims"].clone()),
            "{case}"
        );
        let wanted = end(token).duration_since(clock.wall()).unwrap();
        let left = auth.status().expires_at().unwrap().duration_since(clock.wall()).unwrap();
        assert!(wanted - left <= Duration::from_secs(1), "{case}: {wanted:?} {left:?}");
    }
}

/// The headers that an access puts on the recorded request, and the token requests before it.
fn attached(access: &Access, path: &str, clock: &FakeRuntime, answer: &str) -> (HeaderMap, Vec<Request<Bytes>>) {
    let server = ScriptedTransport::new();
    server.answer(200, answer.to_owned());
    let auth = access.builder().transport(server.clone()).runtime(clock.clone()).build().unwrap();
    clock.block_on(auth.warm_up()).unwrap();
    let mut headers = HeaderMap::new();
    let attached = auth.attach(&access.endpoint().join(path).unwrap(), &mut headers).unwrap();
    assert!(matches!(attached, Attach::Ready(Sent::With { .. })));
    (headers, server.requests())
}

fn nothing() -> Skyflow {
    Skyflow::new()
}

#[test]
fn an_api_key_goes_to_a_vault_as_bearer_and_to_a_connection_raw() {
    let vault = recording("skyflow-v2-api-key-vault-get");
    let skyflow =
        |recording: &Value| nothing().api_key(recording["inputs"]["credentials"]["api_key"].as_str().unwrap());
    let request = &vault["request"];
    let access = skyflow(&vault).vault_url("https://ab12.vault.skyflowapis.com").access().unwrap();
    let (headers, requests) = attached(&access, request["path"].as_str().unwrap(), &FakeRuntime::new(), "");
    assert_eq!(headers["authorization"], request["headers"]["Authorization"].as_str().unwrap());
    assert_eq!((headers.len(), requests.len()), (1, 0));

    let connection = recording("skyflow-v2-connection-invoke");
    let request = &connection["request"];
    let access = skyflow(&connection).connection("https://ab12.gateway.skyflowapis.com").unwrap();
    let (headers, requests) = attached(&access, request["path"].as_str().unwrap(), &FakeRuntime::new(), "");
    assert_eq!(headers["x-skyflow-authorization"], request["headers"]["x-skyflow-authorization"].as_str().unwrap());
    assert!(request["headers"].get("Authorization").is_none());
    assert_eq!((headers.len(), requests.len()), (1, 0));
}

#[test]
fn the_variable_holds_the_credentials_and_its_token_goes_to_the_vault() {
    let case = "skyflow-v2-env-skyflow-credentials";
    let env = recording(case);
    let [exchange, get] = &env["requests"].as_array().unwrap()[..] else { panic!("two requests are recorded") };
    // The variable's content is not in the recording; it was that of the others, but for the port.
    let mut json = credentials(&recording("skyflow-v2-bearer-from-path")).clone();
    let (_, claims) = verified(exchange["json"]["assertion"].as_str().unwrap(), pem(&json));
    json["tokenURI"] = claims["aud"].clone();
    let clock = clock_at(&json!(claims["exp"].as_i64().unwrap() - 3600));
    let skyflow = Skyflow::from_env(&Env::of([("SKYFLOW_CREDENTIALS", json.to_string())]));
    let access = skyflow.vault_url("https://ab12.vault.skyflowapis.com").access().unwrap();
    let header = get["headers"]["Authorization"].as_str().unwrap();
    let answer = granted(header.strip_prefix("Bearer ").unwrap());
    let (headers, requests) = attached(&access, get["path"].as_str().unwrap(), &clock, &answer);
    assert_eq!(headers["authorization"], header);
    check_token_request(case, &requests[0], exchange, pem(&json));
}

#[test]
fn credentials_that_are_no_use_are_refused_before_anything_is_sent() {
    let good = credentials(&recording("skyflow-v2-bearer-from-path")).clone();
    let missing = recording("skyflow-v2-err-missing-clientID");
    let field = missing["inputs"]["missing"].as_str().unwrap();
    let mut json = good.clone();
    json.as_object_mut().unwrap().remove(field).unwrap();
    let error = Credentials::parse(json.to_string()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains(&format!("no `{field}`")), "{error}");

    let mut json = good;
    json["privateKey"] = recording("skyflow-v2-err-bad-key")["inputs"]["privateKey"].clone();
    let error = Credentials::parse(json.to_string()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("`privateKey`"), "{error}");
}

fn refused(recording: &Value, answer: http::Response<Bytes>) -> (Error, Vec<Request<Bytes>>) {
    let json = credentials(&self::recording("skyflow-v2-bearer-from-path")).clone();
    let server = ScriptedTransport::new();
    server.answer_with(Ok(answer));
    let clock = clock_at(&recording["assertion_relative"]["now_at_call"]);
    let source = BearerToken::new(Credentials::parse(json.to_string()).unwrap());
    let builder = Authenticator::builder(source).anywhere().transport(server.clone()).runtime(clock.clone());
    let error = clock.block_on(builder.build().unwrap().warm_up()).unwrap_err();
    (error, server.requests())
}

/// That client drops the server's message and the request's id, and says 400 whatever the status was.
#[test]
fn a_401_of_the_token_endpoint_is_told_in_the_servers_words_after_one_request() {
    let case = "skyflow-v2-err-http-401";
    let recording = recording(case);
    let status = u16::try_from(recording["inputs"]["server_status"].as_u64().unwrap()).unwrap();
    let body =
        r#"{"error":{"grpc_code":16,"http_code":401,"message":"invalid assertion","http_status":"Unauthorized"}}"#;
    let answer = http::Response::builder().status(status).header("x-request-id", "req-1").body(body.into()).unwrap();
    let (error, requests) = refused(&recording, answer);
    assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(status)));
    assert_eq!((error.description(), error.request_id()), (Some("invalid assertion"), Some("req-1")));
    assert_eq!(requests.len(), 1);
    let json = credentials(&self::recording("skyflow-v2-bearer-from-path")).clone();
    check_token_request(case, &requests[0], &recording["request"], pem(&json));
}

#[test]
fn data_tokens_are_signed_as_skyflows_own_client_does_it() {
    let recording = recording("skyflow-v2-signed-data-tokens");
    let (json, options) = (credentials(&recording), &recording["inputs"]["options"]);
    let clock = clock_at(&recording["returned"]["now"]);
    let time = Duration::from_secs(options["time_to_live"].as_u64().unwrap());
    let signer = DataTokens::new(Credentials::parse(json.to_string()).unwrap()).runtime(clock.clone());
    let signer = signer.time_to_live(time).unwrap().ctx(options["ctx"].clone()).unwrap();
    let tokens = options["data_tokens"].as_array().unwrap().iter().map(|token| token.as_str().unwrap().to_owned());
    let signed = clock.block_on(signer.sign(tokens)).unwrap();
    let recorded = recording["returned"]["tokens"].as_array().unwrap();
    assert_eq!(signed.len(), recorded.len());
    for (ours, theirs) in signed.iter().zip(recorded) {
        assert_eq!(ours.data_token(), theirs["data_token"].as_str().unwrap());
        let jwt = ours.signed().expose().strip_prefix(theirs["signed_prefix"].as_str().unwrap()).unwrap();
        assert_eq!(verified(jwt, pem(json)), (theirs["header"].clone(), theirs["claims"].clone()));
    }
}
