//! A value that was found.

use super::Provenance;
use crate::{Endpoint, Error, Secret, token_value};

/// A value and where it came from. Secret or not: whoever needs it asks for it.
#[derive(Clone, Debug)]
pub struct Found {
    what: String,
    value: Secret,
    provenance: Provenance,
    place: Place,
    referred: bool,
}

/// Which of its places a setting was found in, the one that wins first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// An argument.
    Argument,
    /// A variable, or what goes for one.
    Variable,
    /// A key of the profile, wherever that sends one.
    Key,
    /// What it is if no other place has it.
    Default,
}

impl Found {
    /// A value of the setting `what`, such as `token`.
    pub fn new(what: impl Into<String>, value: impl Into<Secret>, provenance: Provenance) -> Self {
        let place = match provenance {
            Provenance::Argument(_) => Place::Argument,
            Provenance::Default => Place::Default,
            _ => Place::Variable,
        };
        Self { what: what.into(), value: value.into(), provenance, place, referred: false }
    }

    /// The same, found by a key of a profile.
    pub(super) fn by_key(mut self) -> Self {
        self.place = Place::Key;
        self
    }

    /// The same, which a key refers to. It may be a secret, whatever the key is.
    pub(super) fn by_reference(mut self) -> Self {
        self.referred = true;
        self
    }

    /// Which of its places had it.
    #[allow(dead_code, reason = "which vendors there are is for the features to say")]
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// Whether a key referred to it.
    pub(crate) fn is_referred(&self) -> bool {
        self.referred
    }

    /// The setting's name.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The value.
    pub fn value(&self) -> &str {
        self.value.expose()
    }

    /// The value as a secret.
    pub fn secret(&self) -> Secret {
        self.value.clone()
    }

    /// Where it came from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The value as a token: white space around it is stripped.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the place and the reason, if it is none: quoted, a scheme in
    /// front, a placeholder, characters that are no token's.
    pub fn token(&self) -> Result<Secret, Error> {
        token_value::clean(self.value().as_bytes()).map(Secret::from).map_err(|reason| self.unusable(reason))
    }

    /// The value as a base URL.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the place and the reason, as [`Endpoint::parse`].
    pub fn endpoint(&self) -> Result<Endpoint, Error> {
        Endpoint::parse(self.value()).map_err(|error| error.at(&self.provenance))
    }

    /// An error about this value, which names the setting and its place. Put nothing of the value into `reason`.
    pub fn unusable(&self, reason: impl std::fmt::Display) -> Error {
        Error::misconfigured(format!("the {} in {} is not usable: {reason}", self.what, self.provenance))
    }
}
