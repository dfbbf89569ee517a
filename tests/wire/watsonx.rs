//! watsonx.ai: what `ibm-watsonx-ai` sends.

use std::collections::BTreeSet;
use std::time::Duration;

use auth_core::systems::Watsonx;
use auth_core::systems::ibm::IdsIn;
use auth_core::{Access, Error};
use auth_reqwest::clients::WatsonxClient;
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::ages::replay_ages;
use super::ibm::is_for_a_token;
use super::recording::Recording;
use super::stage::{Stage, quoted, refused};
use crate::reqwest::api_stage::answer;

/// watsonx.ai, as the recorded client was told of it.
fn access(recording: &Recording) -> Result<Access, Error> {
    let common = |name: &str| recording.text(&format!("/inputs/common_args/{name}")).map(str::to_owned);
    let mut watsonx = Watsonx::from_env(&recording.env());
    watsonx = watsonx.url(common("url").unwrap_or_else(|| recording.server()));
    watsonx = common("auth_url").into_iter().fold(watsonx, Watsonx::auth_url);
    for (name, value) in recording.arguments() {
        watsonx = match name.as_str() {
            "url" => watsonx.url(value),
            "api_key" | "apikey" => watsonx.api_key(value),
            "token" => watsonx.token(value),
            "project_id" => watsonx.project_id(project(recording).unwrap_or(value)),
            "space_id" => watsonx.space_id(value),
            _ => panic!("nobody knows the argument {name}"),
        };
    }
    if recording.at("/generated_headers").is_object() {
        watsonx = watsonx.ids_in(IdsIn::Header);
    }
    if recording.at("/measurements").is_object() {
        watsonx = watsonx.api_key("k");
    }
    watsonx.access()
}

/// Where the recording says `...`, what its headers say.
fn project(recording: &Recording) -> Option<String> {
    recording.text("/generated_headers/X-IBM-PROJECT-ID").map(str::to_owned)
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
    let stage = Stage::new(&access).with_tokens(recording, is_for_a_token);
    let call = recording.text("/inputs/call").unwrap_or_default();
    match &quoted(recording.at("/inputs/call"))[..] {
        [model, input] if call.contains(".generate(") => {
            let client = WatsonxClient::with_client(stage.client.clone());
            stage.then(answer(200, json!({ "results": [{ "generated_text": "hi" }] })));
            assert_eq!(stage.run(client.generate(model, input).send()).unwrap().text, "hi");
        }
        // A token is fetched for the first request; ask for one in its place.
        _ => drop(stage.run(stage.client.authenticator().token(Duration::ZERO)).unwrap()),
    }
    if let Value::Object(generated) = recording.at("/generated_headers") {
        let mut headers = HeaderMap::new();
        stage.client.authenticator().attach(&access.endpoint().join("/x").unwrap(), &mut headers).unwrap();
        access.context().apply(&mut Uri::from_static("https://h/"), &mut headers);
        for (name, value) in generated.iter().filter(|(name, _)| *name == "Authorization" || name.starts_with("X-IBM-"))
        {
            assert_eq!(headers[name.as_str()], value.as_str().unwrap(), "{}: {name}", recording.case);
        }
    }
    stage.differences(recording)
}

/// The recorded client refuses loopback too, where ours takes it.
#[test]
fn plain_http_to_another_machine_is_refused() {
    let error = Watsonx::new().url("http://us-south.ml.cloud.ibm.com").api_key("k").access().unwrap_err();
    assert!(error.to_string().contains("https"), "{error}");
}
