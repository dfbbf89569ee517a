//! The rows, and what is common to all answers.

use std::collections::BTreeMap;

use auth_core::Error;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/corpus");

pub(super) struct Row {
    pub(super) id: String,
    pub(super) bytes: Vec<u8>,
    pub(super) expect: String,
}

pub(super) fn rows(name: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.jsonl")).unwrap();
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        Row { id: text("id"), bytes: STANDARD.decode(text("b64")).unwrap(), expect: text("expect") }
    };
    text.lines().map(row).collect()
}

impl Row {
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// The name of the reason of a row that is refused: `DuplicateKey` of `err:DuplicateKey(line 3)`.
    pub(super) fn reason(&self) -> Option<&str> {
        self.expect.strip_prefix("err:")?.split(|c: char| !c.is_alphanumeric()).next()
    }
}

/// A parser, and what it has said of which reason.
pub(super) struct Parser {
    name: &'static str,
    said: BTreeMap<String, String>,
    rows: usize,
}

impl Parser {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, said: BTreeMap::new(), rows: 0 }
    }

    /// Compares an answer with the row: what was read, in the row's words, or an error that follows the rules.
    /// `place` is what the message has to name.
    #[track_caller]
    pub(super) fn check(&mut self, row: &Row, place: &str, secret: &[u8], answer: Result<String, Error>) {
        self.rows += 1;
        let (name, id) = (self.name, &row.id);
        match (answer, row.reason()) {
            (Ok(read), None) => {
                let expect = row.expect.strip_prefix("ok:").unwrap_or("").trim_end_matches(" with expiry");
                assert!(expect.is_empty() || read == expect, "{name}: {id}: {read} is not {}", row.expect);
            }
            (Err(error), Some(reason)) => {
                let message = error.to_string();
                self.check_message(row, place, secret, &message);
                // Without the place and what differs from row to row.
                let words = message.replace(place, "");
                let other = self.said.insert(words.clone(), reason.to_owned());
                let other = other.filter(|other| other != reason);
                assert!(other.is_none(), "{name}: {id}: {words:?} for {reason} and {other:?}");
            }
            (Ok(read), Some(_)) => panic!("{name}: {id}: {read}, not {}", row.expect),
            (Err(error), None) => panic!("{name}: {id}: {error}, not {}", row.expect),
        }
    }

    fn check_message(&self, row: &Row, place: &str, secret: &[u8], message: &str) {
        let context = format!("{}: {}: {message}", self.name, row.id);
        assert!(message.len() < 300 && !message.contains('\n') && !message.ends_with('.'), "{context}");
        assert!(message.contains(place), "{context}: it has to name {place}");
        if let Some((_, line)) = row.expect.split_once("(line ") {
            assert!(message.contains(&format!(":{} ", line.trim_end_matches(')'))), "{context}: it has to name {line}");
        }
        let said = message.replace(place, "");
        let piece = secret.windows(8).find(|piece| said.as_bytes().windows(8).any(|other| other == *piece));
        assert!(piece.is_none(), "{context}: repeats {:?}", piece.map(String::from_utf8_lossy));
    }
}

impl Drop for Parser {
    fn drop(&mut self) {
        assert!(std::thread::panicking() || self.rows > 20, "{}: only {} rows", self.name, self.rows);
    }
}

/// A row without what is no secret of an answer: the names of its fields, which messages say.
pub(super) fn without_names(row: &Row) -> String {
    let names = ["access_token", "accessToken", "expires_at", "expires_in", "token_type", "refresh_token", "version"];
    names.iter().fold(String::from_utf8_lossy(&row.bytes).into_owned(), |text, name| text.replace(name, ""))
}

/// A folder for a test's files.
pub(super) struct Folder(std::path::PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let folder = Self(std::env::temp_dir().join(format!("auth-corpus-{name}-{}", std::process::id())));
        std::fs::create_dir_all(&folder.0).unwrap();
        folder
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}
