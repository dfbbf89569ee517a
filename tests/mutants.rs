//! Breaks each rule on purpose, in a copy, and checks that its cases go red.
//!
//! `data/mutants.json` says which lines to break and which cases must notice: a case that can't fail proves nothing. Run by
//! `just mutants`; `just mutants WIN-10` breaks only what these cases are about.

#![expect(clippy::print_stdout, reason = "a tool talks to a person")]
#![allow(clippy::unwrap_used, reason = "a tool of the repository's own may stop at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde::Deserialize;

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// Stands exactly once in the file.
    find: String,
    put: String,
}

fn conformance() -> String {
    "conformance".to_owned()
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mutants: Vec<Mutant> =
        serde_json::from_slice(&fs::read(root.join("tests/data/mutants.json")).unwrap()).unwrap();
    let copy = root.join("target/mutants/tree");
    let _absent = fs::remove_dir_all(&copy);
    copy_tree(root, &copy);

    let untouched = test(&copy, None, "conformance");
    assert!(!untouched.contains("FAILED"), "the cases must be green before anything is broken:\n{untouched}");

    let mut survivors = 0;
    for mutant in mutants.iter().filter(|mutant| wanted.is_empty() || mutant.red.iter().any(|id| wanted.contains(id))) {
        let path = copy.join(&mutant.file);
        let source = fs::read_to_string(&path).unwrap();
        fs::write(&path, broken(mutant, &source)).unwrap();
        let output = test(&copy, mutant.package.as_deref(), &mutant.suite);
        fs::write(&path, source).unwrap();

        assert!(!output.contains("could not compile"), "{}: does not compile:\n{output}", mutant.rule);
        let (red, green): (Vec<_>, Vec<_>) = mutant.red.iter().partition(|id| is_red(&output, id));
        println!("{}\n    {}: red {red:?}, green {green:?}", mutant.rule, mutant.file);
        survivors += green.len();
    }
    println!("{survivors} cases did not notice");
    if survivors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn broken(mutant: &Mutant, source: &str) -> String {
    mutant.edits.iter().fold(source.to_owned(), |text, edit| {
        let places = text.matches(&edit.find).count();
        assert_eq!(places, 1, "{}: {:?} stands {places} times in {}", mutant.rule, edit.find, mutant.file);
        text.replace(&edit.find, &edit.put)
    })
}

/// Runs a part of the suite, or of a library's own tests, in the copy and returns what it says.
fn test(tree: &Path, package: Option<&str>, suite: &str) -> String {
    let whose = match package {
        Some(package) => vec!["-p", package, "--all-features", "--lib"],
        None => vec!["-p", "auth-tests", "--test", "suite"],
    };
    let output = Command::new(env!("CARGO"))
        .args(["test", "--locked"])
        .args(whose)
        .args(["--", suite])
        .current_dir(tree)
        .env("CARGO_TARGET_DIR", tree.join("../target"))
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether a line reports the failure of this case, of a sibling of it, or of a test of this name.
fn is_red(output: &str, id: &str) -> bool {
    let of_case =
        |line: &str| line.strip_prefix(id).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    let of_test = |line: &str| line.starts_with("test ") && line.contains(id) && line.ends_with("FAILED");
    output.lines().any(|line| (of_case(line) && line.contains(" over ")) || of_test(line))
}

/// What is built and tested, and nothing else.
fn copy_tree(from: &Path, to: &Path) {
    let skipped = [".git", "target"];
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if skipped.iter().any(|skipped| name == *skipped) {
            continue;
        }
        if path.is_dir() {
            copy_tree(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}
