//! A named set of settings from a file.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::profiles::LONGEST;
use super::provenance::{Provenance, shown};
use super::{Found, Setting, trust};
use crate::config::document;
use crate::env::Standing;
use crate::{Env, Error, ErrorKind, Secret};

/// A named set of settings from one file.
#[derive(Clone)]
pub struct Profile {
    name: String,
    path: PathBuf,
    nearby: bool,
    /// Not for a file that the working directory only points to.
    own: bool,
    values: BTreeMap<String, (Value, Option<usize>)>,
    warning: Option<String>,
}

/// What stands behind a key of a profile.
#[derive(Clone)]
#[non_exhaustive]
pub enum Value {
    /// The value itself.
    Literal(Secret),
    /// The variable that holds it: `{ env = "ACME_KEY" }`.
    Variable(String),
    /// The file that holds it and nothing else: `{ file = "/run/secrets/key" }`.
    File(PathBuf),
    /// Several values, such as scopes.
    List(Vec<Secret>),
}

impl Profile {
    /// The profile `name`, without values yet, of the file at `path`. `nearby` if the file stands in the working directory.
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>, nearby: bool) -> Self {
        Self { name: name.into(), path: path.into(), nearby, own: nearby, values: BTreeMap::new(), warning: None }
    }

    /// An empty one of the same name, in the same place.
    #[cfg(feature = "profiles")]
    pub(crate) fn without_values(&self) -> Self {
        Self { values: BTreeMap::new(), warning: None, ..self.clone() }
    }

    /// The same, standing otherwise to the working directory.
    pub(super) fn standing(mut self, standing: Standing) -> Self {
        (self.nearby, self.own) = (standing.is_nearby, standing.is_own);
        self
    }

    /// Whether its file stands in the working directory: then it refers to nothing, neither to variables nor to files.
    #[cfg(feature = "profiles")]
    pub(crate) fn is_nearby(&self) -> bool {
        self.nearby
    }

    /// Puts a value under a key; `line` is where it stands in the file.
    pub fn insert(&mut self, key: impl Into<String>, value: Value, line: Option<usize>) {
        self.values.insert(key.into(), (value, line));
    }

    /// The same, of a file about which this is to be said.
    pub(crate) fn with_warning(mut self, warning: Option<String>) -> Self {
        self.warning = warning;
        self
    }

    /// What is to be said about its file: its permissions.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
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

    /// Where a key stands, if it is there.
    pub fn place(&self, key: &str) -> Option<Provenance> {
        let (key, (_, line)) = self.values.get_key_value(key)?;
        let place = Provenance::File { path: self.path.clone(), line: *line, key: key.clone(), nearby: false };
        Some(place.judged(self.nearby, self.own))
    }

    /// An error if it has a key that means nothing to a system with these settings.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the line of the key and the keys that are known. A token under a
    /// misspelt key would otherwise be one that is missing.
    pub fn check_keys(&self, settings: &[Setting]) -> Result<(), Error> {
        let known: Vec<&str> = settings.iter().flat_map(|setting| setting.keys().iter().copied()).collect();
        let is_known = |key: &&str| known.contains(key) || ["system", "allow_nearby_endpoint"].contains(key);
        self.keys().find(|key| !is_known(key)).map_or(Ok(()), |key| Err(self.unknown_key(key, &known)))
    }

    /// The error about a key that means nothing where this profile is used. A line of a token may have been read as a key, so
    /// it is shown only if it looks like none.
    pub(crate) fn unknown_key(&self, key: &str, known: &[&str]) -> Error {
        let is_word = key.len() <= 30 && key.bytes().all(|byte| byte.is_ascii_lowercase() || b"_-.".contains(&byte));
        let line = self.values.get(key).and_then(|(_, line)| *line);
        let shown = if is_word { key } else { "" };
        let place = Provenance::File { path: self.path.clone(), line, key: shown.to_owned(), nearby: false };
        let place = if is_word { place.to_string() } else { format!("a key in {place}") };
        if known.is_empty() {
            return Error::misconfigured(format!("{place} means nothing here"));
        }
        let mut message = format!("{place} means nothing here: known are ");
        message += &listed(known, key, LONGEST.saturating_sub(message.len()));
        Error::misconfigured(message)
    }

    /// The value under `key` of the setting `what`, or `None` if there is none, or an empty one.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if the key refers to a variable that is not set or to a file that
    /// can't be read: who wrote that meant it. The same if there is a list; and for any reference in a file of the working
    /// directory, unless [`Profiles::trusted`](super::Profiles::trusted) says that it is the user's own.
    pub fn find(&self, what: &str, key: &str, env: &Env) -> Result<Option<Found>, Error> {
        let (Some((value, _)), Some(place)) = (self.values.get(key), self.place(key)) else { return Ok(None) };
        let found = match value {
            Value::Literal(value) => Found::new(what, value.clone(), place),
            Value::Variable(_) if self.nearby => return Err(trust::refused(&place, "a variable")),
            Value::File(_) if self.nearby => return Err(trust::refused(&place, "a file")),
            Value::Variable(name) => {
                let found = env.look(name)?;
                let unset = || Error::misconfigured(format!("{place} names {}, which is not set", variable(name)));
                let (value, provenance) = found.ok_or_else(unset)?;
                Found::new(what, value, provenance).by_reference()
            }
            Value::File(path) => self.read(what, path, &place, env)?.by_reference(),
            Value::List(_) => return Err(Error::misconfigured(format!("{place} is a list, where one value belongs"))),
        };
        Ok(Some(found).filter(|found| !found.value().is_empty()))
    }

    /// The values under `key` of the setting `what`: those of a list, or a single one. Empty ones are left out.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn list(&self, what: &str, key: &str, env: &Env) -> Result<Vec<Found>, Error> {
        let (Some((Value::List(values), _)), Some(place)) = (self.values.get(key), self.place(key)) else {
            return Ok(self.find(what, key, env)?.into_iter().collect());
        };
        let values = values.iter().filter(|value| !value.expose().is_empty());
        Ok(values.map(|value| Found::new(what, value.clone(), place.clone())).collect())
    }

    /// Reads the file that a key names. A relative path starts from where the profile's own file stands.
    fn read(&self, what: &str, path: &Path, place: &Provenance, env: &Env) -> Result<Found, Error> {
        let path = place.beside(path, env)?;
        let document = document::read(&path).map_err(|error| match error.kind() {
            ErrorKind::Unavailable => {
                Error::misconfigured(format!("{place} names the file {}, which is not there", shown(&path)))
            }
            _ => error.at(place),
        })?;
        let value = Secret::new(document.text().trim_matches([' ', '\t', '\r', '\n']));
        document.warned();
        Ok(Found::new(what, value, place.of_file(&path, env)))
    }
}

/// A variable by its name, if it is written like one (POSIX.1-2024 section 8.1): a secret that was put there by mistake is not.
fn variable(name: &str) -> String {
    let is_usual = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_name = name.len() <= 60 && !name.starts_with(|c: char| c.is_ascii_digit()) && name.bytes().all(is_usual);
    if is_name { format!("the variable {name}") } else { "a variable".to_owned() }
}

/// The names that are known, as far as there is room: then those first that begin as `key` does.
fn listed(known: &[&str], key: &str, room: usize) -> String {
    let all = known.join(", ");
    if all.len() <= room {
        return all;
    }
    let alike = |name: &&str| name.bytes().zip(key.bytes()).take_while(|(one, other)| one == other).count();
    let mut nearest = known.to_vec();
    nearest.sort_by_key(|name| Reverse(alike(name)));
    let mut list = String::new();
    for (at, name) in nearest.iter().enumerate() {
        if list.len() + name.len() + ", and 999 more".len() > room {
            return format!("{list} and {} more", nearest.len() - at);
        }
        list += if at == 0 { "" } else { ", " };
        list += name;
    }
    list
}

impl fmt::Debug for Profile {
    /// Not the keys: a token that ends in `=` is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("name", &self.name)
            .field("path", &self.path)
            .field("values", &self.values.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Value {
    /// Without the values, and without the names of variables, where a secret may stand by mistake.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(value) => f.debug_tuple("Literal").field(value).finish(),
            Self::Variable(_) => f.write_str("Variable(..)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::List(values) => f.debug_tuple("List").field(values).finish(),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the profile {} in {}", self.name, shown(&self.path))
    }
}
