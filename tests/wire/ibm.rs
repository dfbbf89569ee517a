//! IBM Cloud: what `ibm-cloud-sdk-core` sends.

use std::collections::BTreeSet;
use std::time::Duration;

use auth_core::systems::IbmCloud;
use auth_core::systems::ibm::AuthType;
use auth_core::{Access, Error, ErrorKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

use super::ages::{replay_ages, replay_failures};
use super::recording::Recording;
use super::stage::{Stage, differs, refused, same};
use crate::reqwest::api_stage::answer;

/// The service, as the recorded client was told of it.
fn access(recording: &Recording) -> Result<Access, Error> {
    if let Some(service) = recording.text("/inputs/service_name") {
        return IbmCloud::from_env(service, &recording.env()).default_url(recording.server()).access();
    }
    let args = recording.at("/inputs/args");
    if !args.is_object() {
        return IbmCloud::new().url(recording.server()).api_key("k").access();
    }
    let kind = match args["class"].as_str() {
        Some("IAMAssumeAuthenticator") => Some(AuthType::IamAssume),
        Some("ContainerAuthenticator") => Some(AuthType::Container),
        Some("VPCInstanceAuthenticator") => Some(AuthType::Vpc),
        Some(_) => None,
        None if args["apikey"].is_null() => Some(AuthType::Vpc),
        None => None,
    };
    let cloud = kind.into_iter().fold(IbmCloud::new().url(recording.server()), IbmCloud::auth_type);
    let given = recording.arguments().into_iter().fold(cloud, |cloud, (name, value)| match name.as_str() {
        "class" => cloud,
        "account_id" | "iam_account_id" => cloud.account_id(value),
        "apikey" => cloud.api_key(value),
        "bearer_token" => cloud.token(value),
        "client_id" => cloud.client_id(value),
        "client_secret" => cloud.client_secret(value),
        "cr_token_filename" => cloud.cr_token_file(value),
        "iam_profile_crn" => cloud.profile_crn(value),
        "iam_profile_id" => cloud.profile_id(value),
        "iam_profile_name" => cloud.profile_name(value),
        "scope" => cloud.scope(value),
        "url" => cloud.auth_url(value),
        _ => panic!("nobody knows the argument {name}"),
    });
    given.access()
}

pub(super) fn is_for_a_token(path: &str) -> bool {
    path.starts_with("/identity/token") || path.starts_with("/instance_identity/")
}

pub(super) fn replay(recording: &Recording) -> BTreeSet<String> {
    let access = access(recording);
    if recording.at("/measurements").is_object() {
        return replay_ages(recording, &access.unwrap());
    }
    if recording.requests().is_empty() {
        return refused(recording, access);
    }
    let access = access.unwrap();
    if recording.at("/timeline/0/age").is_u64() {
        return replay_failures(recording, &access);
    }
    if recording.at("/timeline/0/req").is_string() {
        return replay_statuses(recording, &access);
    }
    if let Some(status) = recording.at("/result/status_code").as_u64() {
        return replay_rejection(recording, &access, u16::try_from(status).unwrap());
    }
    let stage = Stage::new(&access).with_tokens(recording, is_for_a_token);
    stage.run(stage.client.authenticator().token(Duration::ZERO)).unwrap();
    call(recording, &access, &stage);
    stage.differences(recording)
}

/// The recorded requests to the API, by our client.
pub(super) fn call(recording: &Recording, access: &Access, stage: &Stage) {
    let base = access.endpoint().join("/").unwrap();
    for request in recording.requests() {
        let path = request["path"].as_str().unwrap();
        if is_for_a_token(path) {
            continue;
        }
        let method: Method = request["method"].as_str().unwrap().parse().unwrap();
        let below = path.strip_prefix(base.path().trim_end_matches('/')).unwrap_or(path);
        let ours = stage.client.request(method, below);
        let ours = if request["json"].is_null() { ours } else { ours.json(&request["json"]) };
        let _answer = stage.run(ours.send());
    }
}

/// The API answers with these, one after the other.
fn replay_statuses(recording: &Recording, access: &Access) -> BTreeSet<String> {
    let stage = Stage::new(access);
    for token in ["t1", "t2", "t3"] {
        stage.tokens.answer(200, super::stage::granted(token));
    }
    for status in recording.at("/inputs/api_statuses").as_array().unwrap() {
        stage.then(answer(u16::try_from(status.as_u64().unwrap()).unwrap(), "{}"));
    }
    call(recording, access, &stage);
    let timeline = recording.at("/timeline").as_array().unwrap();
    let theirs: Vec<&str> = timeline.iter().map(|point| point["req"].as_str().unwrap()).collect();
    let ours: Vec<String> = stage.sent().iter().map(ToString::to_string).collect();
    // For tokens first: the order is that of the kinds, which is enough to count them.
    if ours == theirs { same() } else { differs("requests") }
}

/// IAM refuses, in its own words.
fn replay_rejection(recording: &Recording, access: &Access, status: u16) -> BTreeSet<String> {
    let stage = Stage::new(access);
    let message = recording.text("/result/message").unwrap();
    let body = json!({ "errorCode": "BXNIM0415E", "errorMessage": message, "context": {} });
    stage.tokens.answer(status, body.to_string());
    let error = stage.run(stage.client.authenticator().token(Duration::ZERO)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert_eq!((error.code(), error.description(), error.status()), (Some("BXNIM0415E"), Some(message), Some(status)));
    assert!(error.to_string().contains("the API key"), "{error}");
    stage.differences(recording)
}

/// The recorded client writes Latin-1; IAM reads UTF-8, which is the same for everything a secret usually has.
#[test]
fn a_client_secret_goes_as_basic_in_utf_8_and_not_into_the_form() {
    let recording = Recording::read("ibm-iam-apikey-client-id-secret");
    let access = access(&recording).unwrap();
    let stage = Stage::new(&access).with_tokens(&recording, is_for_a_token);
    stage.run(stage.client.authenticator().token(Duration::ZERO)).unwrap();
    let sent = stage.tokens.requests();
    let value = &sent[0].headers()["authorization"];
    let pair = STANDARD.decode(value.to_str().unwrap().strip_prefix("Basic ").unwrap()).unwrap();
    let args = recording.at("/inputs/args");
    let text = |name: &str| args.get(name).and_then(Value::as_str).unwrap();
    assert_eq!(String::from_utf8(pair).unwrap(), format!("{}:{}", text("client_id"), text("client_secret")));
    assert!(value.is_sensitive());
}

#[test]
fn a_line_end_is_no_part_of_a_compute_resource_token() {
    let recording = Recording::read("ibm-container-profile-name");
    let access = access(&recording).unwrap();
    let stage = Stage::new(&access).with_tokens(&recording, is_for_a_token);
    stage.run(stage.client.authenticator().token(Duration::ZERO)).unwrap();
    let body = stage.tokens.requests()[0].body().clone();
    let sent = form_urlencoded::parse(&body).find(|(name, _)| name == "cr_token").unwrap().1.into_owned();
    assert_eq!(sent, recording.text("/request/form/cr_token").unwrap().trim_end());
}

#[test]
fn a_401_is_answered_with_one_new_token_and_one_repetition() {
    let recording = Recording::read("ibm-api-401-no-reauth");
    let access = access(&recording).unwrap();
    let stage = Stage::new(&access);
    stage.tokens.answer(200, super::stage::granted("t1"));
    stage.tokens.answer(200, super::stage::granted("t2"));
    (0..3).for_each(|_| stage.then(answer(401, "{}")));
    call(&recording, &access, &stage);
    let sent: Vec<String> = stage.sent().iter().map(ToString::to_string).collect();
    assert_eq!(sent, ["POST /identity/token", "POST /identity/token", "POST /api", "POST /api"]);
}
