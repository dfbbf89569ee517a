//! All places where a program's secrets could be seen, in one run that meets everything that goes wrong; once as it is, and once with
//! ten leaks planted, which must be found and nothing else.
//!
//! | module | what it has |
//! | --- | --- |
//! | [`sinks`] | the places, and what stands in them |
//! | [`run`] | what happens |
//! | [`plants`] | the ten leaks, each put where its sink is read |
//! | [`panics`] | what a panic hook is told |
//! | [`labels`] | what a program makes of events and a status as labels of its metrics |

mod labels;
mod panics;
mod plants;
mod run;
mod sinks;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use super::secrets;
use crate::hunt::{self, Hunt};
use crate::rig::{Reqwest, Tower};

/// Set in the process that is looked at, to a folder for what its user writes.
const GIVEN: &str = "AUTH_TESTS_SWEPT";

/// How it tells what was found in it. It holds names, no secrets.
const FOUND: &str = "found: ";
const COUNTS: &str = "counts: ";

/// One finding: the sink, and whose secret is shown in which way.
type Found = (String, String);

/// What was found in a process of its own, whose folder for everything that is written without being asked is empty.
struct Swept {
    found: BTreeSet<Found>,
    /// Secrets that were issued, and texts.
    counts: (usize, usize),
}

/// All that may not be seen and is known before.
fn canaries() -> impl Iterator<Item = (&'static str, &'static str)> {
    secrets::ALL.into_iter().chain(plants::ALL.iter().map(|plant| (plant.name, plant.secret)))
}

fn sweep(test: &str, planted: bool) -> Option<Swept> {
    if let Some(given) = env::var_os(GIVEN) {
        inside(Path::new(&given), planted);
        return None;
    }
    let folder = env::temp_dir().join(format!("auth-tests-{test}-{}", std::process::id()));
    let (swept, given) = (folder.join("swept"), folder.join("given"));
    [&swept, &given].into_iter().for_each(|folder| fs::create_dir_all(folder).unwrap());
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", &format!("canary::sweep::{test}"), "--nocapture"]).current_dir(&swept).env(GIVEN, &given);
    for name in ["TMPDIR", "TMP", "TEMP", "HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"]
    {
        child.env(name, &swept);
    }
    let output = child.output().unwrap();
    fs::remove_dir_all(folder).unwrap();
    let said = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&said);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    let told = |mark: &'static str| text.lines().filter_map(move |line| line.split_once(mark)).map(|(_, rest)| rest);
    let mut found: BTreeSet<_> = told(FOUND).filter_map(|line| line.split_once(": ")).map(owned).collect();
    // Found in each canary's turn: one must not hide another.
    for (name, secret) in canaries() {
        let shown = Hunt::after([(name, secret)]).find(&said);
        found.extend(shown.map(|what| (sinks::PRINTED.to_owned(), what)));
    }
    let counts: Vec<usize> = told(COUNTS).flat_map(|line| line.split(' ')).map(|word| word.parse().unwrap()).collect();
    Some(Swept { found, counts: (counts[0], counts[1]) })
}

fn owned((sink, what): (&str, &str)) -> Found {
    (sink.to_owned(), what.to_owned())
}

/// The run, and the hunt through all that it has left.
#[expect(clippy::print_stdout, reason = "to the process that waits for it")]
fn inside(given: &Path, planted: bool) {
    let swept: PathBuf = env::temp_dir();
    assert_eq!(fs::read_dir(&swept).unwrap().count(), 0, "another has written there");
    let mut sinks = sinks::Sinks::default();
    run::over::<Tower>(given, &mut sinks, planted);
    run::over::<Reqwest>(given, &mut sinks, false);
    let mut lines = String::new();
    let issued = sinks.issued();
    let mut secrets: Vec<(&str, &str)> = canaries().collect();
    secrets.extend(issued.iter().map(|secret| ("an issued token", secret.as_str())));
    for (sink, what) in sinks.found(&secrets) {
        writeln!(lines, "{FOUND}{sink}: {what}").unwrap();
    }
    // The harness has not ended its line.
    println!("\n{lines}{COUNTS}{} {}", issued.len(), hunt::looked_at());
}

/// Shown by `just canary`.
#[expect(clippy::print_stdout, reason = "figures are for people")]
fn report(what: &str, swept: &Swept) {
    let (issued, texts) = swept.counts;
    println!(
        "{what}: {} sinks, {} canaries and {issued} issued tokens, {} encodings, {texts} texts",
        sinks::ALL.len(),
        canaries().count(),
        hunt::DISGUISES.len(),
    );
    println!("| where | what is shown |\n| --- | --- |");
    swept.found.iter().for_each(|(sink, what)| println!("| {sink} | {what} |"));
}

#[test]
#[expect(clippy::print_stdout, reason = "figures are for people")]
fn in_no_place_is_there_a_piece_of_a_secret() {
    let Some(swept) = sweep("in_no_place_is_there_a_piece_of_a_secret", false) else { return };
    report("the libraries", &swept);
    println!("LEAKED {}", swept.found.len());
    assert_eq!(swept.found, BTreeSet::new());
    assert!(swept.counts.0 >= 6 && swept.counts.1 >= 100, "{:?}", swept.counts);
}

#[test]
#[expect(clippy::print_stdout, reason = "figures are for people")]
fn ten_planted_leaks_are_found_and_nothing_else() {
    let Some(swept) = sweep("ten_planted_leaks_are_found_and_nothing_else", true) else { return };
    report("the libraries, with ten leaks planted", &swept);
    let expected: BTreeSet<Found> = plants::ALL.iter().flat_map(plants::Plant::shown).collect();
    let there = |plant: &&plants::Plant| plant.shown().all(|found| swept.found.contains(&found));
    println!("found {} of {}", plants::ALL.iter().filter(there).count(), plants::ALL.len());
    assert_eq!(swept.found, expected);
    assert_eq!(plants::ALL.len(), 10);
}
