//! A named set of settings from a file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Found, Provenance, shown};
use crate::config::document;
use crate::{Env, Error, Secret};

/// A named set of settings from one file.
#[derive(Clone, Debug)]
pub struct Profile {
    name: String,
    path: PathBuf,
    nearby: bool,
    values: BTreeMap<String, (Value, Option<usize>)>,
}

/// What stands behind a key of a profile.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Value {
    /// The value itself.
    Literal(Secret),
    /// The variable that holds it: `{ env = "ACME_KEY" }`.
    Variable(String),
    /// Several: a command's arguments, scopes.
    List(Vec<Secret>),
    /// The file that holds it and nothing else: `{ file = "/run/secrets/key" }`.
    File(PathBuf),
}

impl Profile {
    /// The profile `name`, without values yet, of the file at `path`. `nearby` if the file stands in the working directory.
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>, nearby: bool) -> Self {
        Self { name: name.into(), path: path.into(), nearby, values: BTreeMap::new() }
    }

    /// Puts a value under a key; `line` is where it stands in the file.
    pub fn insert(&mut self, key: impl Into<String>, value: Value, line: Option<usize>) {
        self.values.insert(key.into(), (value, line));
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file it stands in.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The keys it has.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// The values of a list; one value is a list of one. `None` if the key is not there, or refers to something.
    pub fn list(&self, key: &str) -> Option<Vec<Secret>> {
        match &self.values.get(key)?.0 {
            Value::List(values) => Some(values.clone()),
            Value::Literal(value) => Some(vec![value.clone()]),
            _ => None,
        }
    }

    /// Where a key stands.
    pub(crate) fn place(&self, key: &str) -> Provenance {
        let line = self.values.get(key).and_then(|(_, line)| *line);
        Provenance::File { path: self.path.clone(), line, key: key.to_owned(), nearby: self.nearby }
    }

    /// Whether it says `trust_endpoint = true`, and does not itself stand in the working directory, where it could say so of
    /// itself.
    pub(crate) fn trusts_endpoint(&self) -> bool {
        let said = self
            .values
            .get("trust_endpoint")
            .is_some_and(|(value, _)| matches!(value, Value::Literal(value) if value.expose() == "true"));
        said && !self.nearby
    }

    /// The value under `key` of the setting `what`, or `None` if there is none, or an empty one.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if the key refers to a variable that is not set or to a file that
    /// can't be read: who wrote that meant it.
    pub fn find(&self, what: &str, key: &str, env: &Env) -> Result<Option<Found>, Error> {
        let Some((value, _)) = self.values.get(key) else { return Ok(None) };
        let place = self.place(key);
        let found = match value {
            Value::Literal(value) => Some(Found::new(what, value.clone(), place)),
            Value::Variable(name) => match env.look(name)? {
                Some((value, provenance)) => Some(Found::new(what, value, provenance)),
                None => {
                    let message = format!("{place} names the variable {name}, which is not set");
                    return Err(Error::misconfigured(message));
                }
            },
            Value::List(_) => return Err(Error::misconfigured(format!("{place} is a list, and one value is wanted"))),
            Value::File(path) => {
                let path = self.path.parent().map_or_else(|| path.clone(), |folder| folder.join(path));
                let document = document::read(&path)?;
                let provenance = Provenance::File { path, line: None, key: String::new(), nearby: self.nearby };
                Some(Found::new(what, document.text().trim_matches([' ', '\t', '\r', '\n']), provenance))
            }
        };
        Ok(found.filter(|found| !found.value().is_empty()))
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the profile {} in {}", self.name, shown(&self.path))
    }
}
