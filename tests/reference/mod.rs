//! The page of all variables says all, and nothing that is not so.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use auth_core::systems::reference;

mod page;

/// Words in capitals in the sources that are no variables, and what they are instead.
const OTHERS: [(&str, &str); 9] = [
    ("ENCRYPTED", "a line of PEM"),
    ("ES256", "an algorithm of RFC 7518"),
    ("GNAP", "an authentication scheme"),
    ("HOBA", "an authentication scheme"),
    ("JWT", "a type of token"),
    ("MAC", "an authentication scheme"),
    ("NTLM", "an authentication scheme"),
    ("N_A", "a token type of RFC 8693"),
    ("RS256", "an algorithm of RFC 7518"),
];

#[test]
fn the_page_of_variables_is_what_the_code_looks_up() {
    let page = fs::read_to_string(page::path()).unwrap_or_default();
    assert!(page == page::text(), "docs/reference/environment.md is behind: run `just reference`");
}

#[test]
fn no_variable_in_the_sources_is_left_out_of_the_page() {
    let documented: BTreeSet<&str> =
        reference().into_iter().flat_map(|(_, setting)| setting.variables()).copied().collect();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = BTreeSet::new();
    for name in ["auth-core", "auth-reqwest", "auth-tower"] {
        collect(&crates.join(name).join("src"), &mut found);
    }
    assert!(found.len() > 100, "only {} words were found", found.len());
    let is_other = |word: &str| OTHERS.iter().any(|(other, _)| *other == word);
    let is_documented =
        |word: &str| documented.contains(word) || documented.contains(format!("<SERVICE>_{word}").as_str());
    let left_out: Vec<&String> = found.iter().filter(|word| !is_other(word) && !is_documented(word)).collect();
    assert!(left_out.is_empty(), "neither in `auth_core::systems::reference()` nor among OTHERS here: {left_out:?}");
    let gone: Vec<&str> = OTHERS.iter().map(|(word, _)| *word).filter(|word| !found.contains(*word)).collect();
    assert!(gone.is_empty(), "no longer in the sources: {gone:?}");
}

#[test]
fn what_is_read_here_would_be_noticed() {
    let text = "let a = env.get(\"NEW_VARIABLE\")?; // \"NOT_THIS\"\n/// \"NOR_THIS\"\nlet b = [\"HOME\", \"a b\", \"Q\"];\n\
                #[cfg(test)]\nmod tests {\n \"NOR_THAT\" }";
    let mut found = BTreeSet::new();
    words(text, &mut found);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["HOME", "NEW_VARIABLE"]);
}

/// The words in capitals of all sources below a folder, tests not included.
fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_of_tests = ["tests", "testing", "test_keys", "bench", "corpus"].contains(&name.as_str());
        match path.is_dir() {
            _ if is_of_tests => {}
            true => collect(&path, found),
            false => words(&fs::read_to_string(path).unwrap(), found),
        }
    }
}

/// String literals that could be a variable's name: capitals, digits and underscores, three or more.
fn words(source: &str, found: &mut BTreeSet<String>) {
    let code = source.split("\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    for line in lines.map(|line| line.split(" // ").next().unwrap_or_default()) {
        for word in line.split('"').skip(1).step_by(2) {
            let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            if word.len() > 2 && word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(is_name) {
                found.insert(word.to_owned());
            }
        }
    }
}
