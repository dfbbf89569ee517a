//! Where everything came from, for people.

use std::fmt;

use super::{Found, Lookup, Provenance};
use crate::Identity;

/// Where the settings of a system or profile came from. `Display` is one line a setting; secrets are not shown.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    settings: Vec<Explained>,
    notes: Vec<String>,
    /// Of all that was looked up, in its order, values that are not shown included.
    identity: Identity,
}

/// One setting that was looked up.
#[derive(Clone, Debug)]
pub struct Explained {
    what: String,
    shown: Option<String>,
    secret: bool,
    provenance: Option<Provenance>,
}

impl Explanation {
    pub(super) fn add(&mut self, lookup: &Lookup<'_>, found: Option<&Found>) {
        self.count_in(lookup.what, found.map_or("", Found::value));
        self.settings.retain(|explained| explained.what != lookup.what);
        self.settings.push(Explained {
            what: lookup.what.to_owned(),
            shown: found.filter(|found| !lookup.secret && !found.is_referred()).map(|found| fit_to_show(found.value())),
            secret: lookup.secret,
            provenance: found.map(|found| found.provenance().clone()),
        });
    }

    /// Counts a value in that leads to a token and was not looked up.
    pub(super) fn count_in(&mut self, name: &str, value: &str) {
        self.identity.add(name, value);
    }

    /// Of all that was looked up.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Adds a remark, such as a warning about a file's permissions.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The settings, in the order in which they were looked up.
    pub fn settings(&self) -> &[Explained] {
        &self.settings
    }

    /// The value of a setting, if there is one and it is no secret.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|explained| explained.what == name)?.value()
    }

    /// Remarks: warnings, what was left out and why.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

impl Explained {
    /// The setting's name.
    pub fn name(&self) -> &str {
        &self.what
    }

    /// Its value, if there is one, it is no secret, and no profile refers to it by `{ env = ".." }` or `{ file = ".." }`; of a
    /// URL neither user information nor query.
    pub fn value(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// Whether it is a credential.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// Where it came from; `None` if no place has it.
    pub fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }
}

/// A value without what may be secret in a URL: user information, query and fragment.
pub(crate) fn fit_to_show(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let (base, tail) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    // A password may hold a question mark or a slash: what stands before an `@` is none of anybody's business.
    if tail.contains('@') {
        return format!("{scheme}://..");
    }
    let base = base.rsplit_once('@').map_or(base.to_owned(), |(_, base)| format!("..@{base}"));
    format!("{scheme}://{base}{}", if tail.is_empty() { "" } else { "?.." })
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.provenance, &self.shown) {
            (None, _) => write!(f, "{}: not set", self.what),
            (Some(provenance), Some(value)) => write!(f, "{}: {value} ({provenance})", self.what),
            (Some(provenance), None) => write!(f, "{}: set, not shown ({provenance})", self.what),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.iter().try_for_each(|explained| writeln!(f, "{explained}"))?;
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_url_only_scheme_host_and_path_are_shown() {
        for (value, expect) in [
            ("us-south", "us-south"),
            ("https://h.example:8443/v1", "https://h.example:8443/v1"),
            ("https://h/v1?key=s3cret#s3cret", "https://h/v1?.."),
            ("https://h#s3cret", "https://h?.."),
            ("https://user:s3cret@h/v1", "https://..@h/v1"),
            ("https://user:s3/cret@h/v1", "https://..@h/v1"),
            ("https://user:s3?cret@h/v1", "https://.."),
            ("https://a:b@user:s3#cret@h", "https://.."),
        ] {
            assert_eq!(fit_to_show(value), expect, "{value}");
        }
    }
}
