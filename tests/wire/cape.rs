//! Cape: as its command line client and its Python client (3.1) do it.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use auth_core::systems::Cape;
use auth_core::{Access, Error};
use auth_reqwest::ApiErrorKind;
use auth_reqwest::clients::CapeClient;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::recording::Recording;
use super::stage::{Stage, refused};
use crate::reqwest::api_stage::answer;

pub(super) fn replay(recording: &Recording) -> BTreeSet<String> {
    if recording.at("/inputs/argv").is_array() { command(recording) } else { handshake(recording) }
}

/// A command line: its words, and its flags by their long names.
struct Line<'a> {
    words: Vec<&'a str>,
    flags: Vec<(&'a str, &'a str)>,
}

impl<'a> Line<'a> {
    fn of(recording: &'a Recording) -> Self {
        let mut argv = recording.at("/inputs/argv").as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        let mut line = Self { words: Vec::new(), flags: Vec::new() };
        while let Some(word) = argv.next() {
            let name = match word {
                "-n" => "name",
                "-d" => "description",
                "-f" => "function",
                "-e" => "expiry",
                long if long.starts_with("--") => long.trim_start_matches("--"),
                word => {
                    line.words.push(word);
                    continue;
                }
            };
            line.flags.push((name, argv.next().unwrap()));
        }
        line
    }

    fn flag(&self, name: &str) -> Option<&'a str> {
        self.flags.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

fn access(recording: &Recording, line: &Line<'_>) -> Result<Access, Error> {
    let cape = line.flag("token").into_iter().fold(Cape::from_env(&recording.env()), Cape::token);
    line.flag("url").into_iter().fold(cape, Cape::host).access()
}

/// `1h`, `90m`, `30s`, `1h30m`.
fn duration(text: &str) -> Duration {
    let seconds = text.split_inclusive(['h', 'm', 's']).map(|part| {
        let (number, unit) = part.split_at(part.len() - 1);
        number.parse::<u64>().unwrap()
            * if unit == "h" {
                3600
            } else if unit == "m" {
                60
            } else {
                1
            }
    });
    Duration::from_secs(seconds.sum())
}

fn command(recording: &Recording) -> BTreeSet<String> {
    let line = Line::of(recording);
    let access = access(recording, &line);
    if recording.requests().is_empty() {
        return refused(recording, access);
    }
    let stage = Stage::new(&access.unwrap());
    let cape = CapeClient::with_client(stage.client.clone());
    let succeeds = recording.at("/exit_code") == 0;
    let status = |good: u16| if succeeds { good } else { 401 };
    let stdout = recording.text("/stdout").unwrap();
    let outcome = match line.words[..] {
        ["cape", "token", "create"] => {
            stage.then(answer(status(201), json!({ "token": stdout.trim() })));
            let mut create = cape.create_token(line.flag("name").unwrap_or_default());
            if let Some(description) = line.flag("description") {
                create = create.description(description);
            }
            if let Some(id) = line.flag("function") {
                create = create.function_id(id);
            }
            if let Some(life) = line.flag("expiry").map(duration) {
                stand_at(&stage, recording.text("/request/json/expiry").unwrap(), life);
                create = create.expires_in(life);
            }
            stage.run(create.send()).map(|issued| assert_eq!(issued.token.expose(), stdout.trim()))
        }
        ["cape", "token", "list"] => {
            let response = recording.at("/server_response");
            stage.then(answer(status(200), response));
            stage.run(cape.tokens()).map(|tokens| {
                let named = |id: &Value, tokens: &[_]| {
                    tokens.iter().any(|token: &auth_reqwest::clients::TokenInfo| token.id == *id)
                };
                assert_eq!(tokens.len(), response.as_array().map_or(0, Vec::len));
                assert!(response.as_array().into_iter().flatten().all(|one| named(&one["id"], &tokens)));
            })
        }
        ["cape", "token", "delete", id] => {
            stage.then(answer(status(200), ""));
            stage.run(cape.delete_token(id))
        }
        ref other => panic!("nobody knows the command {other:?}"),
    };
    assert_eq!(outcome.is_ok(), succeeds, "{}", recording.case);
    if let Err(error) = outcome {
        assert_eq!(error.kind(), ApiErrorKind::Authentication, "{}", recording.case);
    }
    stage.differences(recording)
}

/// So that a token of this life ends then, to the nanosecond.
fn stand_at(stage: &Stage, end: &str, life: Duration) {
    let now = SystemTime::from(end.parse::<Timestamp>().unwrap()) - life;
    let ahead = now.duration_since(stage.clock.wall()).unwrap();
    stage.clock.advance(ahead);
}

/// The handshake of an enclave's WebSocket.
fn handshake(recording: &Recording) -> BTreeSet<String> {
    let input = |name: &str| recording.text(&format!("/inputs/{name}")).unwrap();
    let access = Cape::from_env(&recording.env()).host(input("url")).token(input("token")).runtime();
    if recording.requests().is_empty() {
        return refused(recording, access);
    }
    let stage = Stage::new(&access.unwrap());
    let path = auth_reqwest::path(["v1", "run", input("function")]).unwrap();
    stage.then(answer(101, ""));
    let _switched = stage.run(stage.client.get(path).send());
    stage.differences(recording)
}
