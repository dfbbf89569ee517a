//! The token endpoint answers a row of the corpus. What must come of it is what the row says of the parser.

use auth_emulator::{Answer, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use super::{Scenario, over_each};
use crate::expectation::{Count, Expectation};
use crate::front::Front;
use crate::scene::{Scene, Seen};

const FILE: &str = include_str!("../../data/corpus/token_response.jsonl");

pub(super) fn all() -> Vec<Scenario> {
    FILE.lines().map(|line| row(&serde_json::from_str(line).unwrap())).collect()
}

fn row(row: &Value) -> Scenario {
    let field = |name: &str| row[name].as_str().unwrap();
    let body = Bytes::from(STANDARD.decode(field("b64")).unwrap());
    Scenario {
        name: format!("token/corpus/{}", field("id")),
        given: None,
        expectation: Some(expectation(field("show"), field("expect"))),
        acts: over_each!(answered(body)),
    }
}

/// A token is used; one without a life, an error and anything else is not.
fn expectation(shown: &str, expect: &str) -> Expectation {
    let lifetime =
        expect.split_once("expires_in=").and_then(|(_, seconds)| seconds.split('|').next()?.parse::<f64>().ok());
    let (outcome, fetches, requests) = match expect {
        ok if ok.starts_with("ok") && lifetime.is_some_and(|seconds| seconds <= 0.0) => ("expired on arrival", 1, 0),
        ok if ok.starts_with("ok") => ("200", 1, 1),
        refused if refused.starts_with("err:OAuth") => ("rejected", 1, 0),
        _ => ("malformed", 3, 0),
    };
    Expectation {
        given: format!("the token endpoint answers 200 and {shown}"),
        outcomes: vec![outcome.to_owned()],
        fetches: Count::Exactly(fetches),
        fewest: 1,
        requests: Count::Exactly(requests),
        within: 0,
        but: Default::default(),
    }
}

async fn answered<F: Front>(body: Bytes) -> Seen {
    let scene = Scene::<F>::new().await;
    scene.emulator.token_faults().always(Answer::new(StatusCode::OK).with_body("application/json", body));
    // It knows none of these tokens.
    scene.emulator.api_faults().always(Answer::new(StatusCode::OK));
    scene.get().await;
    scene.seen()
}
