//! What a run leaves behind where others may read it, and the search for its secrets there.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use auth_core::Access;
use auth_emulator::{Emulator, RecordedRequest};

use super::table;
use crate::hunt::Hunt;

/// Headers that carry a credential at one of the systems.
const CARRIERS: [&str; 4] = ["authorization", "x-skyflow-authorization", "sec-websocket-protocol", "x-api-key"];

/// Form fields and JSON members that carry one.
const FIELDS: [&str; 4] = ["apikey", "assertion", "refresh_token", "client_secret"];

/// What is shorter is no secret of these systems.
const SHORTEST: usize = 16;

/// The places of one run, and the secrets that were in it.
#[derive(Default)]
pub(super) struct Evidence {
    /// What kind of place it is, and what stands there.
    places: Vec<(&'static str, String)>,
    secrets: BTreeSet<String>,
}

impl Evidence {
    pub(super) fn add(&mut self, kind: &'static str, text: impl Into<String>) {
        self.places.push((kind, text.into()));
    }

    pub(super) fn add_error(&mut self, error: &(dyn Error + 'static)) {
        table::chain(error).into_iter().for_each(|text| self.add("an error", text));
    }

    pub(super) fn add_access(&mut self, access: &Access) {
        self.add("an explanation", format!("{}{:?}", access.explain(), access.explain()));
        self.add("a value", format!("{access:?}{access:#?}{:?}", access.builder()));
        self.add("a value", access.credential().map(ToString::to_string).unwrap_or_default());
    }

    pub(super) fn add_secret(&mut self, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= SHORTEST, "too short to be told from other words: {secret}");
        self.secrets.insert(secret);
    }

    /// The body of a private key, without the lines around it.
    pub(super) fn add_pem(&mut self, pem: &str) {
        self.add_secret(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>());
    }

    /// The URLs that were asked for, and as secrets whatever was sent as a credential or issued as one.
    pub(super) fn add_requests(&mut self, emulator: &Emulator) {
        emulator.issued_tokens().into_iter().for_each(|token| self.add_secret(token));
        for request in emulator.requests() {
            self.add("a url", format!("{}?{}", request.path(), request.query().unwrap_or_default()));
            credentials(&request).into_iter().for_each(|secret| self.add_secret(secret));
        }
    }

    /// All files below a folder: their names and what is in them.
    pub(super) fn add_files(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            self.add("a file", path.display().to_string());
            if path.is_dir() {
                self.add_files(&path);
            } else {
                self.add("a file", String::from_utf8_lossy(&fs::read(&path).unwrap()));
            }
        }
    }

    pub(super) fn secrets(&self) -> usize {
        self.secrets.len()
    }

    /// What all places of a kind say.
    pub(super) fn text(&self, kind: &str) -> String {
        self.places.iter().filter(|(found, _)| *found == kind).map(|(_, text)| text.as_str()).collect()
    }

    /// The places that show eight bytes of a secret, with what they say.
    pub(super) fn leaks(&self) -> Vec<(&'static str, &str)> {
        let hunt = Hunt::after(self.secrets.iter().map(|secret| ("a secret of the run", secret.as_str())));
        let leaky = self.places.iter().filter(|(_, text)| hunt.find(text).is_some());
        leaky.map(|(kind, text)| (*kind, text.as_str())).collect()
    }
}

/// What a request carries as a credential, wherever one has its place.
fn credentials(request: &RecordedRequest) -> Vec<String> {
    let headers = CARRIERS.iter().filter_map(|name| request.header(name));
    let in_headers = headers.filter_map(|value| value.rsplit(' ').next()).map(str::to_owned);
    let json: serde_json::Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let in_json = FIELDS.iter().filter_map(|name| json[*name].as_str().map(str::to_owned));
    let in_form =
        request.form().into_iter().filter(|(name, _)| FIELDS.contains(&name.as_str())).map(|(_, value)| value);
    in_headers.chain(in_json).chain(in_form).collect()
}
