//! The variables in which a program finds a credential.

use std::path::Path;
use std::time::SystemTime;

use auth_core::{Access, Exports, Secret};

use crate::failure::Failure;
use crate::moment;

/// Names and values, no name twice. Of two values for a name the later one counts, which is the user's.
#[derive(Debug)]
pub(crate) struct Variables(Vec<(String, Secret)>);

impl Variables {
    /// The token itself, and when it ends.
    pub(crate) fn with_token(
        access: &Access,
        token: Option<&Secret>,
        end: Option<SystemTime>,
        named: &[String],
    ) -> Result<Self, Failure> {
        let exports = access.exports();
        let mut all = Self::of(&exports);
        if let Some(token) = token {
            let names = exports.token().chain(named.iter().map(String::as_str));
            names.for_each(|name| all.set(name, token.clone()));
            if let Some(end) = end {
                exports.expires_at().for_each(|name| all.set(name, Secret::new(moment::rfc3339(end))));
            }
        }
        all.checked()
    }

    /// The path of a file with the token.
    pub(crate) fn with_file(access: &Access, path: &Path, named: &[String]) -> Result<Self, Failure> {
        let exports = access.exports();
        let mut all = Self::of(&exports);
        let path = path.to_str().ok_or_else(|| Failure::failed("the path of the token file is not UTF-8"))?;
        let names = exports.token_file().chain(named.iter().map(String::as_str));
        names.for_each(|name| all.set(name, Secret::new(path)));
        all.checked()
    }

    /// What is in neither, but could be, from a run of `authctl` around this one.
    pub(crate) fn outdated(&self, access: &Access) -> Vec<String> {
        let exports = access.exports();
        let ours = exports.token().chain(exports.token_file()).chain(exports.expires_at());
        ours.filter(|name| name.starts_with("AUTHCTL_") && self.get(name).is_none()).map(str::to_owned).collect()
    }

    /// All of them, in an order that is always the same.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    fn of(exports: &Exports) -> Self {
        let mut all = Self(Vec::new());
        exports.values().for_each(|(name, value)| all.set(name, Secret::new(value)));
        all
    }

    fn get(&self, name: &str) -> Option<&Secret> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn set(&mut self, name: &str, value: Secret) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// A name is written into scripts as it is, and a config may hold any.
    fn checked(self) -> Result<Self, Failure> {
        if self.0.iter().any(|(name, _)| !is_name(name)) {
            return Err(Failure::usage(
                "a variable's name has letters, digits and underscores, and no digit in front: change it in --env or in the config",
            ));
        }
        match self.0.iter().find(|(name, _)| Exports::is_reserved(name)) {
            Some((name, _)) => Err(Failure::usage(format!(
                "--env {name} would break or steer the program: shells and programs know that variable by this name"
            ))),
            None => Ok(self),
        }
    }
}

/// What POSIX calls a name (Base Definitions, 3.216), which all shells take.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_a_shell_would_take_for_code_is_none() {
        for name in ["A", "_a1", "WATSONX_TOKEN"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "1A", "A B", "A;rm", "A=B", "-A", "Ä", "A\n"] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
