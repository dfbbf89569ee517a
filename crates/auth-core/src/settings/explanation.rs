//! Where everything came from, for people.

use std::fmt;

use super::{Found, Lookup, Provenance};

/// Where the settings of a system or profile came from. `Display` is one line a setting; secrets are not shown.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    settings: Vec<Explained>,
    notes: Vec<String>,
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
        self.settings.retain(|explained| explained.what != lookup.what);
        self.settings.push(Explained {
            what: lookup.what.to_owned(),
            shown: found.filter(|_| !lookup.secret).map(|found| found.value().to_owned()),
            secret: lookup.secret,
            provenance: found.map(|found| found.provenance().clone()),
        });
    }

    /// Adds a remark, such as a warning about a file's permissions.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Adds what another explains.
    pub fn extend(&mut self, other: Self) {
        self.settings.extend(other.settings);
        self.notes.extend(other.notes);
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

    /// Its value, if there is one and it is no secret.
    pub fn value(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// Whether it is a credential, or another value that is not shown.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// Where it came from; `None` if no place has it.
    pub fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }
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
