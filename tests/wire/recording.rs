//! Reading recordings, and the table of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use auth_core::Env;
use serde_json::Value;

use super::message::Message;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/wire");

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reference/recordings.md");

/// What was recorded of a case, and a folder with the files it was recorded with.
pub(super) struct Recording {
    pub(super) case: String,
    json: Value,
    folder: PathBuf,
}

impl Recording {
    pub(super) fn read(case: &str) -> Self {
        let json: Value = serde_json::from_str(&fs::read_to_string(format!("{FOLDER}/{case}.json")).unwrap()).unwrap();
        let unique = std::thread::current().id();
        let folder = std::env::temp_dir().join(format!("auth-wire-{case}-{}-{unique:?}", std::process::id()));
        fs::create_dir_all(folder.join("sub")).unwrap();
        let recording = Self { case: case.to_owned(), json, folder };
        for (name, content) in recording.members("/inputs/files") {
            let path = PathBuf::from(recording.path(&name));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            // Pretty-printed, as such files are downloaded.
            let pretty = || serde_json::to_string_pretty(&content).unwrap();
            fs::write(path, content.as_str().map_or_else(pretty, str::to_owned)).unwrap();
        }
        recording
    }

    /// What stands at a JSON pointer, else null.
    pub(super) fn at(&self, pointer: &str) -> &Value {
        self.json.pointer(pointer).unwrap_or(&Value::Null)
    }

    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer).as_str()
    }

    /// The members of an object, with the recording's folder in its place; none if there is no object.
    pub(super) fn members(&self, pointer: &str) -> Vec<(String, Value)> {
        let moved = |value: &Value| {
            value.as_str().map_or_else(|| value.clone(), |text| text.replace("TMPDIR", &self.dir()).into())
        };
        self.at(pointer).as_object().into_iter().flatten().map(|(name, value)| (name.clone(), moved(value))).collect()
    }

    /// The arguments, which are text.
    pub(super) fn arguments(&self) -> Vec<(String, String)> {
        let text = |(name, value): (String, Value)| (name, value.as_str().unwrap().to_owned());
        self.members("/inputs/args").into_iter().map(text).collect()
    }

    fn dir(&self) -> String {
        self.folder.display().to_string()
    }

    /// Where a recorded path is: below `TMPDIR`, the home folder `~`, or the working directory, all of them one folder.
    pub(super) fn path(&self, recorded: &str) -> String {
        match recorded.replace("TMPDIR", &self.dir()) {
            path if path.starts_with('/') => path,
            path => self.folder.join(path.trim_start_matches("~/")).display().to_string(),
        }
    }

    /// The variables it was recorded with, and the folder as home and working directory.
    pub(super) fn env(&self) -> Env {
        let text = |(name, value): (String, Value)| (name, value.as_str().unwrap().to_owned());
        let mut variables: Vec<_> = self.members("/inputs/env").into_iter().map(text).collect();
        let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        variables.push((home.to_owned(), self.dir()));
        let directory = self.text("/inputs/cwd").unwrap_or(".");
        let env = Env::of(variables).in_directory(self.path(directory));
        // Only a program that asks for its `.env` gets it.
        match self.at("/inputs/files/.env") {
            Value::Null => env,
            _ => env.with_dotenv(self.path(".env")).unwrap(),
        }
    }

    pub(super) fn requests(&self) -> Vec<&Value> {
        match self.at("/requests").as_array() {
            Some(requests) => requests.iter().collect(),
            None => Some(self.at("/request")).into_iter().filter(|request| request.is_object()).collect(),
        }
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        self.requests().into_iter().map(Message::recorded).collect()
    }

    /// The server that it was recorded at.
    pub(super) fn server(&self) -> String {
        let last = self.requests().pop();
        let host = last.and_then(|request| request["headers"]["Host"].as_str()).unwrap_or("127.0.0.1:1");
        format!("http://{host}")
    }

    /// The token that requests to the API carried, for recordings that don't say where it was from.
    pub(super) fn carried_token(&self) -> Option<String> {
        self.requests().pop().and_then(token_of).map(str::to_owned)
    }

    /// The status that the server was told to answer with.
    pub(super) fn status(&self) -> Option<u16> {
        self.at("/inputs/server_status").as_u64().map(|status| u16::try_from(status).unwrap())
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

/// The token that a recorded request carries, be it to the API or to the next step.
pub(super) fn token_of(recorded: &Value) -> Option<&str> {
    let bearer = recorded["headers"]["Authorization"].as_str().and_then(|value| value.strip_prefix("Bearer "));
    bearer.or(recorded["form"]["access_token"].as_str())
}

/// The names of all recordings, in order.
pub(super) fn cases() -> Vec<String> {
    let names = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect();
    names.sort();
    names
}

/// The recordings that the table has rows for, in order, with what it says differs: nothing, where it says "same".
pub(super) fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let name = cells.next()?.trim_end_matches('`').to_owned();
        let verdict = cells.next()?;
        let labels: BTreeSet<String> = verdict.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        assert_eq!(labels.is_empty(), verdict == "same", "{name}: `same`, or `differs: ` and what: {verdict}");
        Some((name, labels))
    };
    let table = fs::read_to_string(TABLE).unwrap();
    let rows: Vec<_> = table.lines().filter_map(row).collect();
    let count = rows.len();
    let rows: BTreeMap<_, _> = rows.into_iter().collect();
    assert_eq!(rows.len(), count, "a recording has two rows");
    rows
}
