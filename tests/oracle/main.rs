//! Reads 2,000 generated files of each format with ours and with Python's readers, and says where they differ.
//!
//! A difference that no rule of `docs/reference/formats.md` explains is a failure, and so is a rule that no file shows. Run by
//! `just oracle`, which brings python-dotenv; the argument is a Python that has it.

#![expect(clippy::print_stdout, reason = "a tool talks to a person")]
#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a tool of the repository's own may stop at the first surprise"
)]

mod generate;
mod rules;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use auth_core::settings::{DotEnv, Profiles};
use auth_core::{Env, Error};
use serde::de::DeserializeOwned;

use generate::Random;
use rules::{Ours, Sections, Values, Verdict};

const FILES: usize = 2000;
/// How many unexplained ones are shown.
const SHOWN: usize = 5;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reference/formats.md");

fn main() -> ExitCode {
    let python =
        PathBuf::from(std::env::args_os().nth(1).expect("the first argument is a Python that has python-dotenv"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("target/oracle");
    let document = fs::read_to_string(DOCUMENT).unwrap();

    let files = generated(&folder.join("dotenv"), generate::dotenv);
    let answers = ask(&python, "dotenv", &folder.join("dotenv"));
    let judge =
        |number: usize| rules::dotenv(&files[number], &dotenv(&folder.join(name("dotenv", number))), &answers[number]);
    let mut fine = report("dotenv", &files, judge, &rules::DOTENV, &document);

    let files = generated(&folder.join("ini"), generate::ini);
    let answers = ask(&python, "ini", &folder.join("ini"));
    let judge = |number: usize| rules::ini(&files[number], &ini(&folder.join(name("ini", number))), &answers[number]);
    fine &= report("ini", &files, judge, &rules::INI, &document);

    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn name(kind: &str, number: usize) -> String {
    format!("{kind}/{number:04}")
}

/// Writes the files, and returns their texts.
fn generated(folder: &Path, generate: fn(&mut Random) -> String) -> Vec<String> {
    let _absent = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
    let texts: Vec<_> = (0..FILES).map(|number| generate(&mut Random::new(number as u64 + 1))).collect();
    for (number, text) in texts.iter().enumerate() {
        fs::write(folder.join(format!("{number:04}")), text).unwrap();
    }
    texts
}

/// What Python makes of each file.
fn ask<T: DeserializeOwned>(python: &Path, kind: &str, folder: &Path) -> Vec<T> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/oracle/read.py");
    let output = Command::new(python).arg(script).arg(kind).arg(folder).arg(FILES.to_string()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: Vec<T> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), FILES);
    answers
}

fn dotenv(path: &Path) -> Ours<Values> {
    match DotEnv::read(path, &Env::process()) {
        Ok(file) => {
            let value = |name: &str| file.get(name).unwrap().expose().to_owned();
            Ours::Read(file.names().map(|name| (name.to_owned(), value(name))).collect())
        }
        Err(error) => Ours::Refused(line(&error, path)),
    }
}

fn ini(path: &Path) -> Ours<Sections> {
    let env = Env::process();
    let profiles = match Profiles::read_ini(path, &env) {
        Ok(profiles) => profiles,
        Err(error) => return Ours::Refused(line(&error, path)),
    };
    let section = |name: &str| {
        let profile = profiles.profile(name).unwrap();
        // An empty value counts as none when it is looked for.
        let value =
            |key: &str| profile.find(key, key, &env).unwrap().map_or(String::new(), |found| found.value().to_owned());
        (name.to_owned(), profile.keys().map(|key| (key.to_owned(), value(key))).collect())
    };
    Ours::Read(profiles.names().map(section).collect())
}

/// The line that an error names.
fn line(error: &Error, path: &Path) -> usize {
    let (file, message) = (path.file_name().unwrap().to_str().unwrap(), error.to_string());
    let (_, rest) = message.split_once(&format!("/{file}:")).unwrap_or_else(|| panic!("no line in: {message}"));
    rest.split(' ').next().unwrap().parse().unwrap()
}

/// Says what came out; whether all of it is explained and documented.
fn report(
    kind: &str,
    files: &[String],
    judge: impl Fn(usize) -> Verdict,
    rules: &[&'static str],
    document: &str,
) -> bool {
    let (mut same, mut refused, mut unexplained) = (0, 0, Vec::new());
    let mut explained: BTreeMap<_, usize> = rules.iter().map(|rule| (*rule, 0)).collect();
    for number in 0..files.len() {
        match judge(number) {
            Verdict::Same => same += 1,
            Verdict::BothRefuse => refused += 1,
            Verdict::Rule(rule) => *explained.get_mut(rule).unwrap() += 1,
            Verdict::Unexplained => unexplained.push(number),
        }
    }
    println!("{kind}: {} files, {same} read the same", files.len());
    if refused > 0 {
        println!("    refused by both, on the same line: {refused}");
    }
    let mut fine = unexplained.is_empty();
    for (rule, count) in explained {
        let documented = document.contains(&format!("| `{rule}` |"));
        let remark = if documented { "" } else { " (not in docs/reference/formats.md)" };
        println!("    {rule}: {count}{remark}");
        fine &= documented && count > 0;
    }
    println!("    unexplained: {}", unexplained.len());
    for number in unexplained.into_iter().take(SHOWN) {
        println!("    {}: {:?}", name(kind, number), files[number]);
    }
    fine
}
