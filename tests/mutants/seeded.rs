//! Bugs that are planted, each to be caught by name.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::tree::{Edit, Tree, data};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bug {
    bug: String,
    file: String,
    edits: Vec<Edit>,
    caught_by: Vec<Catch>,
}

/// One way of finding bugs, and its test that must fail.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Catch {
    by: By,
    test: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum By {
    Loom,
    Shuttle,
    Proptest,
}

impl Catch {
    /// Whether its test fails. `None` if it did not run.
    fn fails(&self, tree: &Tree) -> Option<bool> {
        let (checker, tests): (_, &[&str]) = match self.by {
            By::Loom => (Some("loom"), &["-p", "auth-core", "--release", "--test", "models"]),
            By::Shuttle => (Some("shuttle"), &["-p", "auth-core", "--release", "--test", "models"]),
            By::Proptest => (None, &["-p", "auth-core", "--lib"]),
        };
        let (passes, said) = tree.test(checker, &[tests, &["--", &self.test]].concat());
        // A checker may end its process where it finds a deadlock, so that it is its end that counts.
        let ran = said.contains("running 1 test");
        if !ran {
            println!("{said}");
        }
        ran.then_some(!passes)
    }

    fn name(&self) -> String {
        format!("{} `{}`", format!("{:?}", self.by).to_lowercase(), self.test)
    }
}

/// Plants these bugs, or all, one at a time, and prints what catches them. Returns how many were not caught.
pub(crate) fn plant(root: &Path, tree: &Tree, wanted: &[String]) -> usize {
    let mut bugs: Vec<Bug> = data(root, "seeded.json");
    bugs.retain(|bug| wanted.is_empty() || wanted.iter().any(|word| bug.bug.contains(word)));
    for catch in bugs.iter().flat_map(|bug| &bug.caught_by).collect::<BTreeSet<_>>() {
        assert_eq!(catch.fails(tree), Some(false), "{} must pass before anything is planted", catch.name());
    }
    println!("| planted | caught by |\n| --- | --- |");
    let mut survivors = 0;
    for bug in &bugs {
        let (caught, missed): (Vec<_>, Vec<_>) = tree.broken(&bug.bug, &bug.file, &bug.edits, || {
            bug.caught_by.iter().partition(|catch| catch.fails(tree) == Some(true))
        });
        let names = |catches: &[&Catch]| catches.iter().map(|catch| catch.name()).collect::<Vec<_>>().join("; ");
        let but = if missed.is_empty() { String::new() } else { format!(" **but not by** {}", names(&missed)) };
        println!("| {} | {}{but} |", bug.bug, names(&caught));
        survivors += usize::from(!missed.is_empty());
    }
    println!("{} of {} planted bugs were not caught by what is to catch them", survivors, bugs.len());
    survivors
}
