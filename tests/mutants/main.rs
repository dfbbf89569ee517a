//! Breaks each rule on purpose, in a copy, and checks that its cases go red.
//!
//! `data/mutants.json` says which lines to break and which cases must notice: a case that can't fail proves nothing. Run by
//! `just mutants`; `just mutants WIN-10` breaks only what these cases are about. `just seeded` plants the bugs of
//! `data/seeded.json`, which an engine like this one may have, and checks that each way of finding them finds its own.

#![expect(clippy::print_stdout, reason = "a tool talks to a person")]
#![allow(clippy::unwrap_used, reason = "a tool of the repository's own may stop at the first surprise")]

mod seeded;
mod tree;

use std::path::Path;
use std::process::ExitCode;

use serde::Deserialize;

use tree::{Edit, Tree, data};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    /// What is broken, as a sentence that is then untrue.
    rule: String,
    /// Cases, or with another suite tests, that must fail.
    red: Vec<String>,
    file: String,
    edits: Vec<Edit>,
    #[serde(default = "conformance")]
    suite: String,
    /// Of a library whose own tests `suite` names, instead of the suite's.
    package: Option<String>,
}

fn conformance() -> String {
    "conformance".to_owned()
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tree = Tree::copy(root);
    let survivors = match wanted.split_first() {
        Some((first, bugs)) if first == "seeded" => seeded::plant(root, &tree, bugs),
        _ => break_rules(root, &tree, &wanted),
    };
    if survivors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How many cases did not notice.
fn break_rules(root: &Path, tree: &Tree, wanted: &[String]) -> usize {
    let mutants: Vec<Mutant> = data(root, "mutants.json");
    let untouched = test(tree, None, "conformance");
    assert!(!untouched.contains("FAILED"), "the cases must be green before anything is broken:\n{untouched}");

    let mut survivors = 0;
    for mutant in mutants.iter().filter(|mutant| wanted.is_empty() || mutant.red.iter().any(|id| wanted.contains(id))) {
        let output = tree
            .broken(&mutant.rule, &mutant.file, &mutant.edits, || test(tree, mutant.package.as_deref(), &mutant.suite));
        assert!(!output.contains("could not compile"), "{}: does not compile:\n{output}", mutant.rule);
        let (red, green): (Vec<_>, Vec<_>) = mutant.red.iter().partition(|id| is_red(&output, id));
        println!("{}\n    {}: red {red:?}, green {green:?}", mutant.rule, mutant.file);
        survivors += green.len();
    }
    println!("{survivors} cases did not notice");
    survivors
}

/// Runs a part of the suite, or of a library's own tests, in the copy and returns what it says.
fn test(tree: &Tree, package: Option<&str>, suite: &str) -> String {
    let whose = match package {
        Some(package) => vec!["-p", package, "--all-features", "--lib"],
        None => vec!["-p", "auth-tests", "--test", "suite"],
    };
    tree.test(None, &[&whose[..], &["--", suite]].concat()).1
}

/// Whether a line reports the failure of this case, of a sibling of it, or of a test of this name.
fn is_red(output: &str, id: &str) -> bool {
    let of_case =
        |line: &str| line.strip_prefix(id).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    let of_test = |line: &str| line.starts_with("test ") && line.contains(id) && line.ends_with("FAILED");
    output.lines().any(|line| (of_case(line) && line.contains(" over ")) || of_test(line))
}
