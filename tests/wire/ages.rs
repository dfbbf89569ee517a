//! When tokens are renewed, and what callers see of a renewal that fails.

use std::collections::BTreeSet;
use std::time::Duration;

use auth_core::Access;
use serde_json::Value;

use super::recording::Recording;
use super::stage::{Stage, differs, granted, same};

const SECOND: Duration = Duration::from_secs(1);

/// A token is asked for each second of its life: the first age at which it is renewed, and the recorded one.
pub(super) fn replay_ages(recording: &Recording, access: &Access) -> BTreeSet<String> {
    let mut ages = Vec::new();
    for (name, measured) in recording.members("/measurements") {
        let life: u64 = name.rsplit("ttl").next().unwrap().parse().unwrap();
        let recorded = measured.as_object().unwrap().values().find_map(Value::as_array).unwrap();
        let theirs = recorded.iter().find_map(|age| age.as_u64().filter(|age| *age > 0)).unwrap();
        ages.push((life, first_renewal(access, life), theirs));
    }
    for (life, ours, theirs) in &ages {
        let least = if *life > 60 { life * 3 / 4 } else { 1 };
        assert!((least..*life).contains(ours), "{life}: {ours}, and recorded {theirs}");
    }
    if ages.iter().all(|(_, ours, theirs)| ours == theirs) { same() } else { differs("ages") }
}

fn first_renewal(access: &Access, life: u64) -> u64 {
    let stage = Stage::new(access);
    let answer = serde_json::json!({ "access_token": "t", "expires_in": life }).to_string();
    stage.tokens.answer(200, answer.clone());
    stage.tokens.answer(200, answer);
    let get = || stage.run(stage.client.authenticator().token(Duration::ZERO)).map(drop);
    get().unwrap();
    (1..=life)
        .find(|_| {
            stage.clock.advance(SECOND);
            get().unwrap();
            stage.clock.run_until_idle();
            stage.tokens.requests().len() > 1
        })
        .unwrap()
}

/// The first request for a token succeeds, all others meet a server that is down; callers at the recorded ages.
pub(super) fn replay_failures(recording: &Recording, access: &Access) -> BTreeSet<String> {
    let stage = Stage::new(access);
    stage.tokens.answer(200, granted("t"));
    (0..1000).for_each(|_| stage.tokens.answer(503, "down"));
    let get = || stage.run(stage.client.authenticator().token(Duration::ZERO)).map(drop);
    get().unwrap();
    let (mut now, mut labels) = (0, same());
    for point in recording.at("/timeline").as_array().unwrap() {
        let age = point["age"].as_u64().unwrap();
        stage.clock.advance(Duration::from_secs(age - now));
        now = age;
        assert!(get().is_ok(), "the token lives at {age}");
        stage.clock.run_until_idle();
        if point["result"].as_str().unwrap().starts_with("raised") {
            labels = differs("errors");
        }
    }
    assert!(stage.tokens.requests().len() > 1, "nobody tried to renew it");
    labels
}
