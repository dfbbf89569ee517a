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
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catch {
    by: By,
    test: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum By {
    Loom,
    Shuttle,
    Proptest,
}

impl By {
    /// Whether one of these tests fails.
    fn finds(self, tree: &Tree, names: &[&str]) -> bool {
        let (checker, tests): (_, &[&str]) = match self {
            Self::Loom => (Some("loom"), &["--release", "--test", "models"]),
            Self::Shuttle => (Some("shuttle"), &["--release", "--test", "models"]),
            Self::Proptest => (None, &["--lib"]),
        };
        let (passes, said) = tree.test(checker, &[&["-p", "auth-core"], tests, &["--"], names].concat());
        // A checker may end its process where it finds a deadlock, so that it is its end that counts.
        let ran = format!("running {} test", names.len());
        assert!(said.contains(&ran), "{self:?} {names:?}: did not run:\n{said}");
        !passes
    }
}

impl Catch {
    fn name(&self) -> String {
        format!("{} `{}`", format!("{:?}", self.by).to_lowercase(), self.test)
    }
}

/// Plants these bugs, or all, one at a time, and prints what catches them. Returns how many were not caught.
pub(crate) fn plant(root: &Path, tree: &Tree, wanted: &[String]) -> usize {
    let mut bugs: Vec<Bug> = data(root, "seeded.json");
    bugs.retain(|bug| wanted.is_empty() || wanted.iter().any(|word| bug.bug.contains(word)));
    for by in [By::Loom, By::Shuttle, By::Proptest] {
        let catches = bugs.iter().flat_map(|bug| &bug.caught_by).filter(|catch| catch.by == by);
        let tests: BTreeSet<_> = catches.map(|catch| catch.test.as_str()).collect();
        let tests: Vec<_> = tests.into_iter().collect();
        assert!(tests.is_empty() || !by.finds(tree, &tests), "{by:?} finds something before anything is planted");
    }
    println!("| planted | caught by |\n| --- | --- |");
    let mut survivors = 0;
    for bug in &bugs {
        let (caught, missed): (Vec<_>, Vec<_>) = tree.broken(&bug.bug, &bug.file, &bug.edits, || {
            bug.caught_by.iter().partition(|catch| catch.by.finds(tree, &[&catch.test]))
        });
        let names = |catches: &[&Catch]| catches.iter().map(|catch| catch.name()).collect::<Vec<_>>().join("; ");
        let but = if missed.is_empty() { String::new() } else { format!(" **but not by** {}", names(&missed)) };
        println!("| {} | {}{but} |", bug.bug, names(&caught));
        survivors += usize::from(!missed.is_empty());
    }
    println!("{} of {} planted bugs were not caught by what is to catch them", survivors, bugs.len());
    survivors
}
