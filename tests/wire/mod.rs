//! Requests are those that the systems' own clients send, as recorded in `data/wire`. What differs on purpose stands in
//! `docs/reference/recordings.md`, each with its reason.

mod ibm;
mod recording;
mod skyflow;

use recording::{cases, documented};

/// The systems whose recordings are all in the table.
const SYSTEMS: [&str; 3] = ["ibm", "skyflow", "watsonx"];

#[test]
fn each_recording_of_a_system_stands_in_the_table_once_and_nothing_else_does() {
    for system in SYSTEMS {
        assert_eq!(documented(system), cases(system), "{system}");
    }
}
