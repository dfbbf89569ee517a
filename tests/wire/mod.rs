//! Requests are those that the systems' own clients send, as recorded in `data/wire`. What differs on purpose stands in
//! `docs/reference/recordings.md`, each with its reason: the table is compared with what a replay finds.
//!
//! A recording is its own test: its inputs (variables, arguments, files, options) configure the system, its requests are made
//! with the system's client, and what was sent is compared with it. A new one is a file and a row.

mod ages;
mod cape;
mod ibm;
mod ivcap;
mod message;
mod podstack;
mod recording;
mod skyflow;
mod stage;
mod watsonx;

use std::collections::BTreeSet;

use recording::{Recording, cases, documented};

/// Plays a recording, and says what differs.
fn replay(case: &str) -> BTreeSet<String> {
    let recording = Recording::read(case);
    match case.split('-').next() {
        Some("cape") => cape::replay(&recording),
        Some("ibm") => ibm::replay(&recording),
        Some("ivcap") => ivcap::replay(&recording),
        Some("podstack") => podstack::replay(&recording),
        Some("skyflow") => skyflow::replay(&recording),
        Some("watsonx") => watsonx::replay(&recording),
        _ => panic!("nobody plays {case}"),
    }
}

#[test]
fn each_recording_stands_in_the_table_once_and_nothing_else_does() {
    assert_eq!(documented().into_keys().collect::<Vec<_>>(), cases());
}

#[test]
fn a_replay_differs_from_its_recording_in_what_the_table_says_and_in_nothing_else() {
    let documented = documented();
    let wrong = |case: String| {
        // One without a row is to be the same.
        let documented = documented.get(&case).cloned().unwrap_or_default();
        // One that fails does not hide the others.
        let Ok(found) = std::panic::catch_unwind(|| replay(&case)) else { return Some(format!("{case}: see above")) };
        (found != documented).then(|| format!("{case}: {found:?}, not {documented:?}"))
    };
    let wrong: Vec<String> = cases().into_iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
