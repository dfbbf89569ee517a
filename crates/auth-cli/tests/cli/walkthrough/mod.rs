//! The walkthrough in the crate's README, as written: in one shell, in one new home, in its order.
//!
//! Of `cargo test` it runs what needs nothing but `authctl` and POSIX's programs, and says so; `just walkthrough` installs the
//! other programs and runs all of it.

mod block;
mod session;

use std::fmt::Write as _;
use std::io::Write as _;

use regex::Regex;
use snapbox::report::Palette;
use snapbox::{Assert, Data, Redactions};

use self::block::{Block, blocks};
use self::session::Session;
use crate::rig::User;

const README: &str = include_str!("../../../README.md");

/// Set to `all` by `just walkthrough`.
const EXTENT: &str = "AUTHCTL_WALKTHROUGH";

#[tokio::test]
async fn the_readme_is_what_happens() {
    let all = blocks(README);
    let everything = std::env::var(EXTENT).is_ok_and(|extent| extent == "all");
    let (run, left): (Vec<_>, Vec<_>) = all.iter().partition(|block| everything || block.needs.is_empty());
    assert!(run.len() >= 8, "the README has a walkthrough of {} blocks", run.len());
    missing(&run);
    tell(&run, &left);
    let assert = Assert::new().redact_with(redactions()).normalize_paths(false).palette(Palette::plain());
    let user = User::new();
    let scratch = tempfile::tempdir().unwrap();
    let mut session = Session::start(&user, scratch.path().to_owned());
    let mut differences = String::new();
    for (block, step) in run.iter().flat_map(|block| block.steps.iter().map(move |step| (block, step))) {
        let (printed, code) = session.run(&step.command).await;
        let named = format!("README.md: {}: $ {}", block.name, step.command.trim_end());
        let (expected, printed) = (with_code(&step.expected, step.code), with_code(&printed, code));
        if let Err(difference) = assert.try_eq(Some(&named), Data::text(printed), Data::text(expected)) {
            write!(differences, "\n{difference}").unwrap();
        }
    }
    let rest = session.end().await;
    assert!(differences.is_empty(), "{differences}\n{rest}");
    assert_eq!(rest, "", "after the end");
}

/// Both in one, so that one comparison shows both.
fn with_code(printed: &str, code: i32) -> String {
    let end = if printed.is_empty() || printed.ends_with('\n') { "" } else { "\n" };
    format!("{printed}{end}(exit code {code})\n")
}

/// What is another each time.
fn redactions() -> Redactions {
    let mut redactions = Redactions::new();
    for (name, pattern) in [
        ("[TOKEN]", r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
        ("[PORT]", r"(?:127\.0\.0\.1|\[::1\]|localhost):(?<redacted>[0-9]+)"),
        ("[TIME]", r"20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?Z?"),
    ] {
        redactions.insert(name, Regex::new(pattern).unwrap()).unwrap();
    }
    redactions
}

/// A program that is not there fails before anything is run: what is compared is output, not a shell's complaint.
fn missing(run: &[&Block]) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    for program in run.iter().flat_map(|block| &block.needs) {
        let there = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
        assert!(there, "{program} is not installed, and the walkthrough needs it");
    }
}

/// Past the test harness, which keeps what a test prints to itself unless it fails.
fn tell(run: &[&Block], left: &[&Block]) {
    let commands: usize = run.iter().map(|block| block.steps.len()).sum();
    let mut text = format!("walkthrough: {} blocks with {commands} commands are run as written\n", run.len());
    for block in left {
        writeln!(text, "walkthrough: left to `just walkthrough`: {} (needs {})", block.name, block.needs.join(", "))
            .unwrap();
    }
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}
