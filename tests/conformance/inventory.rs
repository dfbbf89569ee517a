//! The tests of the data itself: nothing is missing, nothing is empty.

use std::collections::BTreeSet;

use super::case::{Case, Needs};
use super::load;
use super::run::ADAPTERS;
use super::step::Step;

/// The rows that every implementation has to hold. More may be added; none may go.
const ROWS: [&str; 62] = [
    "LIFE-01", "LIFE-02", "LIFE-03", "LIFE-04", "LIFE-06", "LIFE-07", "LIFE-08", "LIFE-11", "LIFE-12", "LIFE-14",
    "LIFE-15", "WIN-01", "WIN-03", "WIN-04", "WIN-05", "WIN-08", "WIN-10", "HARD-01", "SUSP-01", "CONC-01", "CONC-02",
    "CONC-03", "CONC-04", "CONC-05", "CONC-08", "CONC-11", "CONC-13", "FAIL-01", "FAIL-03", "FAIL-04", "FAIL-07",
    "FAIL-09", "FAIL-10", "FAIL-13", "FAIL-14", "FAIL-17", "HTTP-01", "HTTP-02", "HTTP-03", "HTTP-04", "HTTP-06",
    "HTTP-08", "HTTP-09", "HTTP-11", "HTTP-14", "HTTP-15", "HTTP-16", "HTTP-19", "CLK-01", "CLK-07", "CHAIN-01",
    "CHAIN-02", "CHAIN-03", "CHAIN-06", "CONF-01", "CONF-02", "CONF-04", "EXEC-01", "EXEC-02", "EXEC-05", "FILE-01",
    "LOG-01",
];

fn all() -> Vec<(String, Case)> {
    let families = load::families();
    families.iter().flat_map(|family| load::family(family).into_iter().map(|case| (family.clone(), case))).collect()
}

/// `FAIL-13`, of `FAIL-13.body [503]`.
fn row(id: &str) -> &str {
    id.split(['.', ' ']).next().unwrap_or(id)
}

#[test]
fn every_row_is_there() {
    let cases = all();
    let present: BTreeSet<&str> = cases.iter().map(|(_, case)| row(&case.id)).collect();
    let missing: Vec<_> = ROWS.iter().filter(|id| !present.contains(*id)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
}

#[test]
fn every_id_is_used_once_and_lies_in_its_family() {
    let mut seen = BTreeSet::new();
    for (family, case) in all() {
        assert!(seen.insert(case.id.clone()), "{} is there twice", case.id);
        assert!(case.id.starts_with(&format!("{}-", family.to_uppercase())), "{} is in {family}", case.id);
    }
}

#[test]
fn every_case_says_why_and_names_its_section() {
    for (_, case) in all() {
        assert!(case.why.ends_with(')') && case.why.contains("(section "), "{}: {}", case.id, case.why);
        assert!(case.why.len() <= 200, "{}: why is one line", case.id);
    }
}

/// A case that counts nothing could be green for the wrong reason.
#[test]
fn every_case_counts_the_fetches_or_names_the_test_that_holds_it() {
    for (_, case) in all() {
        let counts = |step: &Step| match step {
            Step::Expect(expect) => expect.fetches.is_some() || expect.fetched_at.is_some(),
            _ => false,
        };
        let held = case.steps.is_empty() && case.held_by.is_some();
        assert!(held || case.steps.iter().any(counts), "{} counts no fetches", case.id);
    }
}

/// A case that is left out without a reason would be green over nothing.
#[test]
fn every_case_runs_over_every_adapter_unless_it_needs_what_that_has_not() {
    assert_eq!(ADAPTERS.map(|(name, ..)| name), ["tower", "reqwest"]);
    assert!(ADAPTERS.iter().any(|(.., path_only)| *path_only), "nobody runs the cases that need it");
    for (_, case) in all() {
        let path_only = case.steps.iter().any(|step| matches!(step, Step::Send(send) if send.uri.starts_with('/')));
        assert_eq!(case.needs == Some(Needs::PathOnlyRequests), path_only, "{}", case.id);
    }
}

#[test]
fn a_test_that_holds_a_row_is_there() {
    let repository = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for (_, case) in all() {
        let missing = case.held_by.filter(|path| !std::path::Path::new(repository).join(path).exists());
        assert!(missing.is_none(), "{}: there is no {missing:?}", case.id);
    }
}

#[test]
fn every_family_has_a_test() {
    let source = include_str!("families.rs");
    for family in load::families() {
        assert!(source.contains(&format!("check(\"{family}\")")), "nobody runs {family}.json");
    }
}

#[test]
fn every_line_that_the_mutants_break_is_where_they_look_for_it() {
    let read = |path: String| std::fs::read_to_string(path).unwrap();
    let list = |name| -> Vec<serde_json::Value> {
        serde_json::from_str(&read(format!("{}/data/{name}", env!("CARGO_MANIFEST_DIR")))).unwrap()
    };
    for mutant in list("mutants.json").into_iter().chain(list("seeded.json")) {
        let file = mutant["file"].as_str().unwrap();
        let source = read(format!("{}/../{file}", env!("CARGO_MANIFEST_DIR")));
        for edit in mutant["edits"].as_array().unwrap() {
            let find = edit["find"].as_str().unwrap();
            assert_eq!(source.matches(find).count(), 1, "{file}: {find}");
        }
    }
}
