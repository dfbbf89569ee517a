//! Skyflow: as its Python SDKs (1.15.1 and 2.1.3) do it.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth_core::runtime::FakeRuntime;
use auth_core::signer::{PrivateKey, Signer};
use auth_core::systems::Skyflow;
use auth_core::systems::skyflow::{Credentials, DataTokens};
use auth_core::{Access, Env, Error, ErrorKind};
use auth_reqwest::clients::{SkyflowClient, SkyflowConnection};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use serde_json::{Value, json};

use super::message::Message;
use super::recording::Recording;
use super::stage::{Stage, differs, granted, refused, same};
use crate::reqwest::api_stage::answer;

/// Header and claims of a JWT that this key signed. RS256 gives one message one signature, so signing again is verifying.
fn verified(jwt: &str, pem: &str) -> (Value, Value) {
    let (message, signature) = jwt.rsplit_once('.').unwrap();
    let key = PrivateKey::from_pem(pem).unwrap();
    let again = FakeRuntime::new().block_on(key.sign(message.as_bytes())).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(again), signature, "signed by another key");
    let (header, claims) = message.split_once('.').unwrap();
    (part(header), part(claims))
}

fn part(text: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

/// The claims of a JWT, read.
fn claims(jwt: &str) -> Value {
    part(jwt.split('.').nth(1).unwrap())
}

fn is_for_a_token(path: &str) -> bool {
    path.ends_with("/oauth/token")
}

/// The account of the recording. Those that don't hold it were made with the same, but for the port, which the assertion
/// has; what is missing or broken in it is said.
fn account(recording: &Recording) -> Value {
    let own = recording.at("/inputs/files/credentials.json");
    if own.is_object() {
        return own.clone();
    }
    let mut account = Recording::read("skyflow-v2-bearer-from-path").at("/inputs/files/credentials.json").clone();
    let requests = recording.requests();
    if let Some(jwt) = requests.first().and_then(|request| request["json"]["assertion"].as_str()) {
        account["tokenURI"] = claims(jwt)["aud"].clone();
    }
    if let Some(missing) = recording.text("/inputs/missing") {
        account.as_object_mut().unwrap().remove(missing).unwrap();
    }
    for name in ["clientID", "keyID", "privateKey", "tokenURI"] {
        if let Some(value) = recording.text(&format!("/inputs/{name}")) {
            account[name] = value.into();
        }
    }
    account
}

fn skyflow(recording: &Recording) -> Skyflow {
    let options = recording.at("/inputs/options");
    let vault = Skyflow::new().vault_url(recording.server());
    let given = recording.at("/inputs/credentials");
    let skyflow = if recording.at("/inputs/env/SKYFLOW_CREDENTIALS").is_string() {
        let env = Env::of([("SKYFLOW_CREDENTIALS", account(recording).to_string())]);
        Skyflow::from_env(&env).vault_url(recording.server())
    } else if let Some(key) = given["api_key"].as_str() {
        vault.api_key(key)
    } else if let Some(token) = given["token"].as_str() {
        vault.token(token)
    } else if recording.case.ends_with("path") {
        vault.credentials_path(recording.path("credentials.json"))
    } else {
        vault.credentials(account(recording).to_string())
    };
    let roles = options["role_ids"].as_array().into_iter().flatten().map(|role| role.as_str().unwrap());
    let skyflow = skyflow.roles(roles);
    if options["ctx"].is_null() { skyflow } else { skyflow.ctx(options["ctx"].clone()) }
}

pub(super) fn replay(recording: &Recording) -> BTreeSet<String> {
    if recording.at("/returned/tokens").is_array() {
        return replay_data_tokens(recording);
    }
    let skyflow = skyflow(recording);
    let requests = recording.requests();
    let Some(last) = requests.last() else { return replay_refusal(recording, skyflow.access()) };
    let is_connection = last["headers"]["x-skyflow-authorization"].is_string();
    let access = if is_connection { skyflow.connection_url(recording.server()).connection() } else { skyflow.access() };
    let stage = Stage::new(&access.unwrap());
    let stage = match requests.iter().find_map(|request| request["json"]["assertion"].as_str()) {
        Some(jwt) => stage.at(claims(jwt)["exp"].as_i64().unwrap() - 3600),
        None => stage,
    };
    if let Some(status) = recording.status() {
        return replay_rejection(recording, &stage, status);
    }
    let path = last["path"].as_str().unwrap();
    if is_for_a_token(path) {
        // `('eyJ..', 'Bearer')`
        let token = recording.text("/returned").unwrap().split('\'').nth(1).unwrap();
        stage.tokens.answer(200, json!({ "accessToken": token, "tokenType": "Bearer" }).to_string());
        let brought = stage.run(stage.client.authenticator().token(Duration::ZERO)).unwrap();
        assert_eq!(brought.secret().map(|secret| secret.expose()), Some(token));
        check_end(&stage, token);
    } else if is_connection {
        let method: Method = last["method"].as_str().unwrap().parse().unwrap();
        let invoke = SkyflowConnection::with_client(stage.client.clone()).request(method, path);
        let invoke = if last["json"].is_null() { invoke } else { invoke.json(&last["json"]) };
        stage.then(answer(200, "{}"));
        stage.run(invoke.send()).unwrap();
    } else {
        let stage_tokens = requests.iter().any(|request| is_for_a_token(request["path"].as_str().unwrap()));
        if stage_tokens {
            stage.tokens.answer(200, granted(&recording.carried_token().unwrap()));
        }
        read_vault(&stage, &Message::recorded(last), path);
    }
    check_signatures(recording, &stage);
    stage.differences(recording)
}

/// The records that were read, by our client.
fn read_vault(stage: &Stage, recorded: &Message, path: &str) {
    let [vault, table] =
        path.split('?').next().unwrap().trim_start_matches("/v1/vaults/").split('/').collect::<Vec<_>>()[..]
    else {
        panic!("{path} is no table of a vault")
    };
    let mut get =
        SkyflowClient::with_client(stage.client.clone()).get(vault, table).ids(recorded.queries("skyflow_ids"));
    if let Some(redaction) = recorded.query("redaction") {
        get = get.redaction(redaction);
    }
    if recorded.query("tokenization") == Some("true") {
        get = get.tokens();
    }
    stage.then(answer(200, json!({ "records": [] })));
    assert!(stage.run(get.send()).unwrap().is_empty());
}

/// The token's own end is known, which is in no member of the answer.
fn check_end(stage: &Stage, token: &str) {
    let end = UNIX_EPOCH + Duration::from_secs(claims(token)["exp"].as_u64().unwrap());
    let left = |end: SystemTime| end.duration_since(stage.clock.wall()).unwrap();
    let ours = left(stage.client.authenticator().status().expires_at().unwrap());
    assert!(left(end) - ours <= Duration::from_secs(1), "{:?} {ours:?}", left(end));
}

/// Assertions are signed by the recording's key: theirs and ours. What they claim is compared with the rest of the request.
fn check_signatures(recording: &Recording, stage: &Stage) {
    let account = account(recording);
    let pem = account["privateKey"].as_str().unwrap();
    for request in stage.tokens.requests() {
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let ours = verified(body["assertion"].as_str().unwrap(), pem);
        if recording.at("/assertion").is_object() {
            let theirs = (recording.at("/assertion/header").clone(), recording.at("/assertion/claims").clone());
            assert_eq!(ours, theirs, "{}", recording.case);
        }
    }
}

/// An account that is of no use is refused, and the field is named.
fn replay_refusal(recording: &Recording, access: Result<Access, Error>) -> BTreeSet<String> {
    let wrong = recording.text("/inputs/missing").unwrap_or("privateKey");
    let Err(error) = &access else { return differs("accepted") };
    assert_eq!(error.kind(), ErrorKind::Misconfigured, "{}", recording.case);
    assert!(error.to_string().contains(wrong), "{}: {error}", recording.case);
    refused(recording, access)
}

/// That client drops the server's message and the request's id, and says 400 whatever the status was.
fn replay_rejection(recording: &Recording, stage: &Stage, status: u16) -> BTreeSet<String> {
    let body = json!({ "error": { "grpc_code": 16, "http_code": status, "message": "invalid assertion" } }).to_string();
    let answer = http::Response::builder().status(status).header("x-request-id", "req-1").body(body.into()).unwrap();
    stage.tokens.answer_with(Ok(answer));
    let error = stage.run(stage.client.authenticator().token(Duration::ZERO)).unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(status)));
    assert_eq!((error.description(), error.request_id()), (Some("invalid assertion"), Some("req-1")));
    check_signatures(recording, stage);
    stage.differences(recording)
}

/// Signed here; nothing is sent.
fn replay_data_tokens(recording: &Recording) -> BTreeSet<String> {
    let (account, options) = (account(recording), recording.at("/inputs/options"));
    let clock = FakeRuntime::new();
    let now = clock.wall().duration_since(UNIX_EPOCH).unwrap().as_secs();
    clock.step_wall(recording.at("/returned/now").as_i64().unwrap() - i64::try_from(now).unwrap());
    let mut signer = DataTokens::new(Credentials::parse(account.to_string()).unwrap()).runtime(clock.clone());
    if let Some(seconds) = options["time_to_live"].as_u64() {
        signer = signer.time_to_live(Duration::from_secs(seconds)).unwrap();
    }
    if !options["ctx"].is_null() {
        signer = signer.ctx(options["ctx"].clone()).unwrap();
    }
    let tokens = options["data_tokens"].as_array().unwrap().iter().map(|token| token.as_str().unwrap().to_owned());
    let signed = clock.block_on(signer.sign(tokens)).unwrap();
    let pem = account["privateKey"].as_str().unwrap();
    let recorded = recording.at("/returned/tokens").as_array().unwrap();
    assert_eq!(signed.len(), recorded.len());
    for (ours, theirs) in signed.iter().zip(recorded) {
        assert_eq!(ours.data_token(), theirs["data_token"].as_str().unwrap());
        let jwt = ours.signed().expose().strip_prefix(theirs["signed_prefix"].as_str().unwrap()).unwrap();
        assert_eq!(verified(jwt, pem), (theirs["header"].clone(), theirs["claims"].clone()));
    }
    same()
}
