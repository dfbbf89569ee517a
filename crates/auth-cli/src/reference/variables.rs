//! The variables of the program itself.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use auth_core::systems::reference;
use clap::{Command, CommandFactory};

use crate::cli::Cli;

/// What the program looks up or sets beside the settings of the library.
const OWN: [(&[&str], &str); 8] = [
    (
        &["AUTHCTL_EMULATOR_URL"],
        "set by `authctl emulator` for its command: the base URL; `AUTHCTL_CONFIG` is set beside it",
    ),
    (&["CAPE_TOKEN"], "**Secret**: the token that asks, for `authctl pat`"),
    (&["KUBERNETES_EXEC_INFO"], "set by kubectl for `authctl credential-helper k8s`: the version that it wants"),
    (&["GITHUB_ENV"], "set by GitHub Actions: the file that `authctl export -f github-actions` writes to"),
    (
        &["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"],
        "the proxy on the way out, over https alone; lower case, too",
    ),
    (&["SSL_CERT_FILE", "SSL_CERT_DIR"], "certificates to trust in place of the system's, on Linux"),
    (&["NO_COLOR"], "no colours"),
    (&["PATH"], "where `authctl exec` and `authctl emulator` find a program"),
];

/// Settings of the library that no name tells.
const FOLDERS: [&str; 6] = ["HOME", "USERPROFILE", "XDG_CONFIG_HOME", "APPDATA", "XDG_CACHE_HOME", "LOCALAPPDATA"];

/// Words in capitals in the sources that are no variables, and what they are instead.
const OTHERS: [(&str, &str); 19] = [
    ("AUTHCTL_", "how ours begin"),
    ("AUTHCTL_BEARER_TOKEN", "stands where AWS' format has a key"),
    ("CARGO_PKG_VERSION", "of the time of building"),
    ("DELETE", "a method"),
    ("DESCRIPTION", "a column"),
    ("EXPIRES", "a column"),
    ("GET", "a method"),
    ("HEAD", "a method"),
    ("OPTIONS", "a method"),
    ("ORDER", "a column"),
    ("PATCH", "a method"),
    ("POST", "a method"),
    ("PROVENANCE", "a column"),
    ("PUT", "a method"),
    ("REASON", "a column"),
    ("SOURCE", "a column"),
    ("STATE", "a column"),
    ("STATUS", "a column"),
    ("VAULT", "a word of a message"),
];

/// Those of the program itself; a system's are on the page of all variables.
pub(super) fn table() -> String {
    let mut table = "| variable | what it is |\n| --- | --- |\n".to_owned();
    for (_, setting) in reference() {
        let is_ours = |name: &&&str| name.starts_with("AUTHCTL_") || FOLDERS.contains(name);
        // Of the many that a helper program gets, the folders are not ours.
        for variable in setting.variables().iter().filter(is_ours).filter(|_| setting.variables().len() < 10) {
            let secret = if setting.is_secret() { "**Secret**: " } else { "" };
            writeln!(table, "| `{variable}` | {secret}{} |", setting.about()).unwrap();
        }
    }
    for (names, about) in OWN {
        writeln!(table, "| `{}` | {about} |", names.join("`, `")).unwrap();
    }
    table
}

#[test]
fn no_variable_in_the_sources_is_left_out_of_the_page() {
    let mut found = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.contains("CAPE_TOKEN") && found.contains("GITHUB_ENV"), "{found:?}");
    let mut known = BTreeSet::new();
    value_names(&Cli::command(), &mut known);
    known.extend(OTHERS.iter().map(|(word, _)| (*word).to_owned()));
    known.extend(OWN.iter().flat_map(|(names, _)| *names).map(|name| (*name).to_owned()));
    known.extend(reference().iter().flat_map(|(_, setting)| setting.variables()).map(|name| (*name).to_owned()));
    let left_out: Vec<_> = found.difference(&known).collect();
    assert!(left_out.is_empty(), "neither among OWN nor among OTHERS: {left_out:?}");
    let gone: Vec<_> = OTHERS.iter().map(|(word, _)| *word).filter(|word| !found.contains(*word)).collect();
    assert!(gone.is_empty(), "no longer in the sources: {gone:?}");
}

/// What stands for the value of an option.
fn value_names(command: &Command, known: &mut BTreeSet<String>) {
    let names = command.get_arguments().flat_map(|one| one.get_value_names().unwrap_or_default());
    known.extend(names.map(ToString::to_string));
    command.get_subcommands().for_each(|below| value_names(below, known));
}

/// The words in capitals of all sources below a folder, but for tests and these pages.
fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match path.is_dir() {
            _ if ["tests", "reference"].contains(&name.as_str()) => {}
            true => collect(&path, found),
            false => words(&fs::read_to_string(path).unwrap(), found),
        }
    }
}

/// String literals that could be a variable's name: capitals, digits and underscores, three or more.
fn words(source: &str, found: &mut BTreeSet<String>) {
    let code = source.split("\n#[cfg(test)]").next().unwrap_or_default();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for word in line.split('"').skip(1).step_by(2) {
            let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            if word.len() > 2 && word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(is_name) {
                found.insert(word.to_owned());
            }
        }
    }
}
