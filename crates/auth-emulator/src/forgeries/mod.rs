//! Every forgery of the corpus, and more of their kind, against every place that takes a JWT.
//!
//! | file | what |
//! | --- | --- |
//! | `seat`, `present` | the places: who verifies there, what a good token looks like, how it is presented |
//! | `forge`, `tools` | the forgeries, made of a good token |
//! | `ours` | those that are not in the corpus |
//! | `expect` | what becomes of each, at each place |

mod expect;
mod forge;
mod ours;
mod present;
mod seat;
mod token;
mod tools;

use std::collections::BTreeSet;

use serde_json::Value;

use self::{
    expect::{Expected, of_corpus, of_ours},
    forge::{NOT_OF_A_TOKEN, forged},
    ours::OURS,
    present::Outcome,
    seat::{Seat, seats},
};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/corpus/jwt_verifier.jsonl");

/// Ids and answers.
fn corpus() -> Vec<(String, String)> {
    let rows = std::fs::read_to_string(CORPUS).unwrap();
    let field = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .map(|row| (field(&row, "id"), field(&row, "expect")))
        .collect()
}

#[tokio::test]
async fn a_forgery_of_the_corpus_is_let_in_nowhere() {
    let stage = seat::Stage::start().await;
    let mut verdicts = Vec::new();
    for (id, answer) in corpus() {
        if NOT_OF_A_TOKEN.contains(&id.as_str()) {
            continue;
        }
        for seat in seats(&stage) {
            verdicts.push(check(&stage, &seat, &id, of_corpus(&id, &answer, &seat)).await);
        }
    }
    // 45 rows about tokens, at 21 places, but for a deletion where nothing can be deleted.
    assert!(verdicts.len() > 940, "{}", verdicts.len());
    report(verdicts);
}

#[tokio::test]
async fn forgeries_of_the_same_kinds_are_let_in_nowhere() {
    let stage = seat::Stage::start().await;
    let mut verdicts = Vec::new();
    for (id, answer) in OURS {
        for seat in seats(&stage) {
            verdicts.push(check(&stage, &seat, id, of_ours(id, answer, &seat)).await);
        }
    }
    report(verdicts);
}

/// All that went wrong at once: one forgery seldom comes alone.
fn report(verdicts: Vec<Result<(), String>>) {
    let wrong: Vec<_> = verdicts.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_row_of_the_corpus_has_a_forgery_and_ours_are_others() {
    let known: BTreeSet<_> = corpus().into_iter().map(|(id, _)| id).collect();
    for (id, _) in OURS {
        assert!(!known.contains(*id), "{id} is in the corpus");
    }
    for id in NOT_OF_A_TOKEN {
        assert!(known.contains(*id), "{id} is not in the corpus");
    }
}

/// Presents a forgery.
async fn check(stage: &seat::Stage, seat: &Seat, id: &str, expected: Expected) -> Result<(), String> {
    let mut outcome = None;
    for token in forged(id, stage, seat).into_iter().flatten() {
        outcome = Some(seat.present(stage, &token).await);
    }
    let right = match (&expected, &outcome) {
        (Expected::Nothing, None) => true,
        (Expected::Accept, Some(outcome)) => outcome.let_in,
        (Expected::AcceptWithNote, Some(outcome)) => outcome.let_in && outcome.noted,
        // An empty token never gets to a verifier.
        (Expected::Reject(_), Some(Outcome { let_in: false, rejection: None, .. })) => id == "empty",
        (Expected::Reject(reason), Some(Outcome { let_in: false, rejection: Some(rejection), .. })) => {
            expect::is(*rejection, reason)
        }
        _ => false,
    };
    if right { Ok(()) } else { Err(format!("{id} at {}: {outcome:?}, not {expected:?}", seat.name)) }
}
