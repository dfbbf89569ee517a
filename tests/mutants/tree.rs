//! A copy of the repository in which lines are broken, and its tests run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    /// Stands exactly once in the file.
    find: String,
    put: String,
}

/// A file of `tests/data`.
pub(crate) fn data<T: DeserializeOwned>(root: &Path, name: &str) -> T {
    serde_json::from_slice(&fs::read(root.join("tests/data").join(name)).unwrap()).unwrap()
}

pub(crate) struct Tree(PathBuf);

impl Tree {
    pub(crate) fn copy(root: &Path) -> Self {
        let copy = root.join("target/mutants/tree");
        let _absent = fs::remove_dir_all(&copy);
        copy_tree(root, &copy);
        let tree = Self(copy);
        // What is broken may warn.
        for checker in ["loom", "shuttle"] {
            let wrapper = tree.0.join(".ci").join(format!("rustc-{checker}"));
            let strict = fs::read_to_string(&wrapper).unwrap();
            fs::write(&wrapper, strict.replace(" -D warnings", "")).unwrap();
        }
        tree
    }

    /// What `run` says while the edits stand in the file.
    pub(crate) fn broken<R>(&self, what: &str, file: &str, edits: &[Edit], run: impl FnOnce() -> R) -> R {
        let path = self.0.join(file);
        let source = fs::read_to_string(&path).unwrap();
        let broken = edits.iter().fold(source.clone(), |text, edit| {
            let places = text.matches(&edit.find).count();
            assert_eq!(places, 1, "{what}: {:?} stands {places} times in {file}", edit.find);
            text.replace(&edit.find, &edit.put)
        });
        fs::write(&path, broken).unwrap();
        let result = run();
        fs::write(&path, source).unwrap();
        result
    }

    /// Runs tests, perhaps under a model checker, and returns whether they passed and what they said.
    pub(crate) fn test(&self, checker: Option<&str>, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(&self.0).env("RUST_BACKTRACE", "0");
        command.env("CARGO_TARGET_DIR", self.0.join("../target"));
        if let Some(checker) = checker {
            // What is broken is built for each bug, and runs once.
            command.args(["--config", "profile.release.package.auth-core.opt-level=0"]);
            command.env("RUSTC_WORKSPACE_WRAPPER", self.0.join(".ci").join(format!("rustc-{checker}")));
        }
        let output = command.args(["test", "--locked"]).args(arguments).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.success(), said)
    }
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
