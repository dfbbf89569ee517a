//! The places, and what stands in them.

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::fmt::Debug;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use auth_core::Error;
use auth_emulator::{Emulator, RecordedRequest};

use super::super::table;
use super::Found;
use crate::hunt::Hunt;

pub(super) const LOG: &str = "the log at TRACE";
pub(super) const RECORDS: &str = "the log crate's records";
pub(super) const LABELS: &str = "labels of metrics";
pub(super) const ERRORS: &str = "errors and their causes";
pub(super) const VALUES: &str = "printed values";
pub(super) const PANICS: &str = "panics";
pub(super) const FILES: &str = "files";
pub(super) const CHILD: &str = "a child's environment and arguments";
pub(super) const ELSEWHERE: &str = "what the other origin gets";
pub(super) const URLS: &str = "urls";
/// By the process, to stdout and stderr.
pub(super) const PRINTED: &str = "what is printed";

pub(super) const ALL: [&str; 11] =
    [LOG, RECORDS, LABELS, ERRORS, VALUES, PANICS, FILES, CHILD, ELSEWHERE, URLS, PRINTED];

/// What stands in all of them after a run.
#[derive(Default)]
pub(super) struct Sinks {
    texts: Vec<(&'static str, Vec<u8>)>,
    issued: Vec<String>,
}

impl Sinks {
    pub(super) fn add(&mut self, sink: &'static str, text: impl Into<Vec<u8>>) {
        self.texts.push((sink, text.into()));
    }

    pub(super) fn add_value(&mut self, value: &impl Debug) {
        self.add(VALUES, format!("{value:?}{value:#?}"));
    }

    pub(super) fn add_error(&mut self, error: &(dyn StdError + 'static)) {
        table::chain(error).into_iter().for_each(|text| self.add(ERRORS, text));
        if let Some(error) = error.downcast_ref::<Error>() {
            let said = [error.source_id(), error.host(), error.code(), error.description(), error.request_id()];
            said.into_iter().flatten().for_each(|text| self.add(ERRORS, text));
        }
    }

    /// The same of an HTTP client's, without what the program itself put into its URL.
    pub(super) fn add_error_without(&mut self, error: &(dyn StdError + 'static), asked: &str) {
        table::chain(error).into_iter().for_each(|text| self.add(ERRORS, text.replace(asked, "")));
    }

    /// What arrived at both origins, and what was issued. `asked` is the query that the program itself put into URLs.
    pub(super) fn add_requests(&mut self, emulator: &Emulator, asked: &str) {
        self.issued.extend(emulator.issued_tokens());
        for request in emulator.other_requests() {
            self.add(ELSEWHERE, whole(&request));
        }
        for request in emulator.requests() {
            let query = request.query().unwrap_or_default().replace(asked, "");
            self.add(URLS, format!("{}?{query}", request.path()));
        }
    }

    /// All files below a folder, by name and content; but for those of `kept`, which the user alone may read, and which
    /// is where tokens are kept from run to run.
    pub(super) fn add_files(&mut self, folder: &Path, kept: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mode = path.symlink_metadata().unwrap().permissions().mode() & 0o777;
            self.add(FILES, format!("{} {mode:o}", path.display()));
            if path == kept {
                assert_eq!(mode, 0o700, "{}", path.display());
                for entry in fs::read_dir(&path).unwrap() {
                    let mode = entry.unwrap().metadata().unwrap().permissions().mode() & 0o777;
                    assert_eq!(mode, 0o600, "a token that is kept");
                }
            } else if path.is_dir() {
                self.add_files(&path, kept);
            } else {
                self.add(FILES, fs::read(&path).unwrap());
            }
        }
    }

    pub(super) fn issued(&self) -> &[String] {
        &self.issued
    }

    /// Where a piece of which secret is. Each by a hunt of its own: one must not hide another.
    pub(super) fn found(&self, secrets: &[(&str, &str)]) -> BTreeSet<Found> {
        for sink in ALL.into_iter().filter(|sink| *sink != PRINTED) {
            assert!(self.texts.iter().any(|(at, _)| *at == sink), "nothing was looked at of {sink}");
        }
        let all = Hunt::after(secrets.iter().copied());
        let leaky = self.texts.iter().filter(|(_, text)| all.find(text).is_some());
        let each = leaky.flat_map(|(sink, text)| {
            let found = secrets.iter().filter_map(move |secret| Hunt::after([*secret]).find(text));
            found.map(|what| ((*sink).to_owned(), what))
        });
        each.collect()
    }
}

/// A request, byte by byte as far as its server knows it.
fn whole(request: &RecordedRequest) -> Vec<u8> {
    let mut bytes =
        format!("{} {}?{}\n", request.method(), request.path(), request.query().unwrap_or_default()).into_bytes();
    for (name, value) in request.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
    }
    bytes.extend(request.body());
    bytes
}
