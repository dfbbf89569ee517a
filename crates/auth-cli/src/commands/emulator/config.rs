//! A config with a profile of each emulated system.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use auth_core::adapter::io_reason;
use auth_core::store::write_private;
use auth_emulator::Account;
use tempfile::TempDir;

use crate::failure::Failure;

/// How a file of ours begins. Nothing else is written over: it may be the user's own config.
const HEAD: &str =
    "# Written by `authctl emulator`, and again at its next start. The credentials are good there alone.\n";

/// A config that was written. One in a folder of its own goes when this does.
#[derive(Debug)]
pub(super) struct Config {
    path: PathBuf,
    _folder: Option<TempDir>,
}

impl Config {
    /// In this file, which stays.
    pub(super) fn at(path: PathBuf, accounts: &[Account]) -> Result<Self, Failure> {
        if std::fs::read(&path).is_ok_and(|old| !old.starts_with(HEAD.as_bytes())) {
            return Err(Failure::usage(format!(
                "{} is there and was not written by `authctl emulator`: give --write-config another name",
                path.display()
            )));
        }
        write_private(&path, text(accounts).as_bytes())?;
        // Absolute, because a command may work in another folder, and because a file that is named so is found there.
        let path = std::path::absolute(&path).unwrap_or(path);
        Ok(Self { path, _folder: None })
    }

    /// In a folder of its own.
    pub(super) fn beside(accounts: &[Account]) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("authctl-emulator-").tempdir();
        let folder =
            folder.map_err(|error| Failure::failed(format!("no folder can be made: {}", io_reason(error.kind()))))?;
        let path = folder.path().join("config.toml");
        write_private(&path, text(accounts).as_bytes())?;
        Ok(Self { path, _folder: Some(folder) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Whole values and no references, so that it also counts in the working directory, where a file must not refer to others.
fn text(accounts: &[Account]) -> String {
    let mut text = HEAD.to_owned();
    for account in accounts {
        let _ = writeln!(text, "\n[profile.{}]", account.name());
        for (name, value) in account.settings() {
            // A string of JSON is one of TOML, too: the escapes that JSON's writer uses mean the same there.
            let _ = writeln!(text, "{name} = {}", serde_json::Value::from(value.as_str()));
        }
    }
    text
}
