//! The documents know every command, and no other.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;

use crate::commands;

/// The README has the walkthrough and the tables, the guide the tasks.
fn documents() -> [(&'static str, String); 2] {
    ["crates/auth-cli/README.md", "docs/guides/authctl.md"].map(|path| {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        (path, std::fs::read_to_string(repository.join(path)).unwrap())
    })
}

#[tokio::test]
async fn every_command_is_in_the_readme() {
    let [(_, readme), _] = documents();
    for command in commands::all().await {
        assert!(readme.contains(&format!("`authctl {command}")), "`authctl {command}` is not in the README's table");
    }
}

#[tokio::test]
async fn no_document_knows_a_command_that_is_not_there() {
    let known: BTreeSet<_> = commands::all().await.into_iter().collect();
    let word = Regex::new(r"authctl ([a-z][a-z0-9-]*)(?: ([a-z][a-z0-9-]*))?").unwrap();
    for (path, text) in documents() {
        let mut seen = 0;
        // Code alone: in a sentence, "authctl is" is no command.
        for code in code(&text) {
            for found in word.captures_iter(code) {
                let (first, second) = (&found[1], found.get(2).map_or("", |second| second.as_str()));
                let is_there = known.contains(first)
                    || known.contains(&format!("{first} {second}"))
                    || (second.is_empty() && known.iter().any(|command| command.starts_with(&format!("{first} "))));
                assert!(is_there, "{path}: there is no `{}`", &found[0]);
                seen += 1;
            }
        }
        assert!(seen >= 10, "{path} has {seen} commands");
    }
}

/// Blocks between fences, and what stands between backquotes outside of them.
fn code(text: &str) -> Vec<&str> {
    let parts = text.split("```").enumerate();
    parts
        .flat_map(|(at, part)| if at % 2 == 1 { vec![part] } else { part.split('`').skip(1).step_by(2).collect() })
        .collect()
}
