//! IVCAP: as its Python client (0.47) does it.

use std::collections::BTreeSet;

use auth_core::systems::Ivcap;
use auth_core::{Access, Error};
use auth_reqwest::clients::IvcapClient;
use serde_json::json;

use super::message::Message;
use super::recording::Recording;
use super::stage::{Stage, check_error, refused};
use crate::reqwest::api_stage::answer;

fn access(recording: &Recording) -> Result<Access, Error> {
    let mut ivcap = Ivcap::from_env(&recording.env());
    let is_silent = ["args", "env", "files"].iter().all(|name| recording.at(&format!("/inputs/{name}")).is_null());
    if is_silent {
        ivcap = ivcap.url(recording.server()).token(recording.carried_token().unwrap());
    }
    for (name, value) in recording.arguments() {
        ivcap = match name.as_str() {
            "url" => ivcap.url(&value),
            "token" => ivcap.token(value),
            "account_id" => ivcap.account(&value),
            _ => panic!("nobody knows the argument {name}"),
        };
    }
    ivcap.access()
}

/// A page whose link leads to what was asked for next, on a host that must not get the token.
fn page(ids: &[&str], next: Option<&Message>) -> String {
    let next = next.map(|next| {
        let query = |name| next.query(name).unwrap();
        format!("https://develop.ivcap.net/1/services2?limit={}&page={}", query("limit"), query("page"))
    });
    let links: Vec<_> = next.iter().map(|href| json!({ "rel": "next", "href": href })).collect();
    let items: Vec<_> = ids.iter().map(|id| json!({ "id": id, "name": "n" })).collect();
    json!({ "items": items, "links": links }).to_string()
}

pub(super) fn replay(recording: &Recording) -> BTreeSet<String> {
    let requests = recording.messages();
    let Some(first) = requests.first() else { return refused(recording, access(recording)) };
    let access = access(recording).unwrap();
    let stage = Stage::new(&access);
    let limit = first.query("limit").unwrap().parse().unwrap();
    let services = IvcapClient::with_client(stage.client.clone()).services().limit(limit).all();

    if let Some(status) = recording.status() {
        let detail = recording.text("/result/str").unwrap().split_once(&format!("HTTP {status}: ")).unwrap().1;
        stage.then(answer(status, json!({ "detail": detail })));
        check_error(recording, &stage.run(services).unwrap_err(), status, detail);
        return stage.differences(recording);
    }
    let returned = recording.at("/returned").as_array().unwrap();
    let mut ids: Vec<&str> = returned.iter().map(|id| id.as_str().unwrap()).collect();
    for at in 1..=requests.len() {
        stage.then(answer(200, page(&std::mem::take(&mut ids), requests.get(at))));
    }
    let services = stage.run(services).unwrap();
    assert_eq!(services.iter().map(|service| service.id.as_str()).collect::<Vec<_>>(), *returned, "{}", recording.case);
    stage.differences(recording)
}
