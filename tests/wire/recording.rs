//! Reading recordings.

use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/wire");

const TABLE: &str = include_str!("../../docs/reference/recordings.md");

/// What was recorded of a case.
pub(super) fn recording(case: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(format!("{FOLDER}/{case}.json")).unwrap()).unwrap()
}

/// The names of all recordings of a system, in order.
pub(super) fn cases(system: &str) -> Vec<String> {
    let names = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned));
    let mut names: Vec<String> = names.filter(|name| name.starts_with(&format!("{system}-"))).collect();
    names.sort();
    names
}

/// The recordings that the table has rows for, in order.
pub(super) fn documented(system: &str) -> Vec<String> {
    let row = |line: &'static str| line.strip_prefix("| `")?.split('`').next();
    let rows = TABLE.lines().filter_map(row).filter(|name| name.starts_with(&format!("{system}-")));
    let mut names: Vec<String> = rows.map(str::to_owned).collect();
    names.sort();
    names
}
