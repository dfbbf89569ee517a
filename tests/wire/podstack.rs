//! Podstack: as its Python package (1.7) does it.

use std::collections::BTreeSet;

use auth_core::systems::Podstack;
use auth_core::{Access, Error};
use auth_reqwest::clients::{PodstackClient, PodstackRegistry};
use serde_json::json;

use super::recording::Recording;
use super::stage::{Stage, check_error, refused};
use crate::reqwest::api_stage::answer;

fn access(recording: &Recording) -> Result<Access, Error> {
    let mut podstack = Podstack::from_env(&recording.env());
    if ["args", "env", "files"].iter().all(|name| recording.at(&format!("/inputs/{name}")).is_null()) {
        podstack = podstack.endpoint(recording.server()).token(recording.carried_token().unwrap());
    }
    for (name, value) in recording.arguments() {
        podstack = match name.as_str() {
            "api_key" | "api_token" | "token" => podstack.token(value),
            "api_url" | "base_url" | "endpoint" => podstack.endpoint(&value),
            "project_id" | "project" => podstack.project(&value),
            "profile" => podstack.profile_name(&value),
            _ => panic!("nobody knows the argument {name}"),
        };
    }
    podstack.access()
}

pub(super) fn replay(recording: &Recording) -> BTreeSet<String> {
    let requests = recording.requests();
    let Some(first) = requests.first() else { return refused(recording, access(recording)) };
    let is_registry = first["path"].as_str().unwrap().contains("/experiments");
    let stage = Stage::new(&access(recording).unwrap());
    let list = async {
        let client = stage.client.clone();
        if is_registry {
            PodstackRegistry::with_client(client).experiments().all().await.map(|found| found.len())
        } else {
            PodstackClient::with_client(client).projects().all().await.map(|found| found.len())
        }
    };
    if let Some(status) = recording.status() {
        // `[code] message`.
        let (code, message) = recording.text("/result/str").unwrap().split_once("] ").unwrap();
        let code = code.trim_start_matches('[');
        stage.then(answer(status, json!({ "error": { "message": message, "code": code } })));
        let error = stage.run(list).unwrap_err();
        check_error(recording, &error, status, message);
        assert_eq!(error.code(), Some(code), "{}", recording.case);
        return stage.differences(recording);
    }
    stage.then(answer(200, recording.at("/returned")));
    assert_eq!(stage.run(list).unwrap(), recording.at("/returned").as_array().unwrap().len(), "{}", recording.case);
    stage.differences(recording)
}
