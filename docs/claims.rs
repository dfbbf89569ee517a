//! What the documents say of this repository is so: the tests and cases that the threat model names are there, and a
//! crate says the same of itself wherever it says something.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

use std::fs;
use std::path::Path;

const THREAT_MODEL: &str = include_str!("THREAT_MODEL.md");

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The text of all files below `folder` whose names end so.
fn texts(folder: &Path, ending: &str) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &texts(&path, ending);
        } else if path.to_string_lossy().ends_with(ending) {
            all += &fs::read_to_string(path).unwrap();
        }
    }
    all
}

/// Tests are sentences, so their names have some underscores; nothing else in backquotes does.
fn is_test(word: &str) -> bool {
    word.matches('_').count() >= 3 && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// `HTTP-15.elsewhere`: a family, two digits, perhaps a word.
fn is_case(word: &str) -> bool {
    let id = word.split('.').next().unwrap();
    let (family, number) = id.split_once('-').unwrap_or_default();
    let digits = number.len() == 2 && number.chars().all(|c| c.is_ascii_digit());
    digits && family.len() >= 3 && family.chars().all(|c| c.is_ascii_uppercase())
}

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let code = texts(&repository().join("tests"), ".rs") + &texts(&repository().join("crates"), ".rs");
    let named: Vec<&str> = THREAT_MODEL.split('`').skip(1).step_by(2).filter(|word| is_test(word)).collect();
    assert!(named.len() > 30, "{} tests are named", named.len());
    for name in named {
        // Those that run over every adapter have it for a parameter.
        let is_there =
            [format!("fn {name}()"), format!("fn {name}<A: Adapter>()")].iter().any(|text| code.contains(text));
        assert!(is_there, "there is no test {name}");
    }
}

#[test]
fn every_case_that_the_threat_model_names_is_there() {
    let cases = texts(&repository().join("tests/data/cases"), ".json");
    let words = THREAT_MODEL.split(|c: char| c.is_whitespace() || "`(),;".contains(c));
    let named: Vec<&str> = words.map(|word| word.trim_end_matches('.')).filter(|word| is_case(word)).collect();
    assert!(named.len() > 20, "{} cases are named", named.len());
    for name in named {
        assert!(cases.contains(&format!("\"id\": \"{name}\"")), "there is no case {name}");
    }
}

#[test]
fn a_crate_says_the_same_of_itself_everywhere() {
    let overview = fs::read_to_string(repository().join("README.md")).unwrap();
    for entry in fs::read_dir(repository().join("crates")).unwrap() {
        let package = entry.unwrap().path();
        let first_line =
            |file: &str| fs::read_to_string(package.join(file)).unwrap().lines().next().unwrap().to_owned();
        let said = first_line("README.md");
        let root = if package.join("src/lib.rs").is_file() { "src/lib.rs" } else { "src/main.rs" };
        assert_eq!(first_line(root), format!("//! {said}"), "{}", package.display());
        let manifest = fs::read_to_string(package.join("Cargo.toml")).unwrap();
        assert!(
            manifest.contains(&format!("\ndescription = \"{said}\"\n")),
            "the description of {}",
            package.display()
        );
        assert!(overview.contains(&format!("| {said} |")), "the row of {} in README.md", package.display());
    }
}

#[test]
fn every_guide_is_linked_from_the_readme_or_from_the_one_of_authctl() {
    let guides = repository().join("docs/guides");
    let overview = fs::read_to_string(repository().join("README.md")).unwrap();
    let linked = overview + &fs::read_to_string(guides.join("authctl.md")).unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(&guides).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            assert!(linked.contains(&format!("{name})")), "no link leads to docs/guides/{name}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} guides");
}

#[test]
fn a_custom_source_is_one_file_of_fewer_than_15_lines_and_one_line() {
    let folder = repository().join("examples/custom_source");
    let source = fs::read_to_string(folder.join("vault.rs")).unwrap();
    assert!(source.contains("impl TokenSource for Vault"), "the file is the whole source");
    assert!(source.lines().count() < 15, "vault.rs has {} lines", source.lines().count());
    // No line is two.
    assert!(source.lines().all(|line| line.len() <= 120 && line.matches(';').count() <= 1));
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    assert_eq!(main.lines().filter(|line| *line == "mod vault;").count(), 1);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
}

#[test]
fn a_custom_system_needs_toml_and_no_code() {
    let example = |file: &str| fs::read_to_string(repository().join("examples").join(file)).unwrap();
    let (config, code) = (example("custom_system.toml"), example("custom_system.rs"));
    assert!(config.contains("[system.acme]") && code.contains("/custom_system.toml"));
    // What the config says, the code does not: it reads the config, and what it sets are variables.
    for of_the_system in
        ["client_credentials", "client_id", "/me", "auth_core::systems", "core::systems", "TokenSource"]
    {
        assert!(!code.contains(of_the_system), "custom_system.rs knows {of_the_system}");
    }
}
