//! The places of one setting.

use super::{Found, Profile, Provenance, Setting};
use crate::{Env, Error, Secret};

/// One setting, and the places where it may stand, in the order in which they win: argument, variables, keys of the
/// profile, default.
#[derive(Clone, Debug)]
pub struct Lookup<'a> {
    pub(super) what: &'a str,
    pub(super) secret: bool,
    argument: Option<Option<Secret>>,
    found: Option<&'a Found>,
    variables: &'a [&'a str],
    keys: &'a [&'a str],
    default: Option<&'a str>,
}

impl<'a> Lookup<'a> {
    /// A setting by its name in messages, such as `endpoint`.
    pub fn new(what: &'a str) -> Self {
        Self { what, secret: false, argument: None, found: None, variables: &[], keys: &[], default: None }
    }

    /// A setting of a system, with all its places but the argument.
    pub fn of(setting: &'a Setting) -> Self {
        Self {
            what: setting.name(),
            secret: setting.is_secret(),
            argument: None,
            found: None,
            variables: setting.variables(),
            keys: setting.keys(),
            default: setting.default(),
        }
    }

    /// Its value is a secret, and never shown by an explanation.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The argument of the same name, a text or a [`Secret`], whether it was given or not.
    #[must_use]
    pub fn argument<V: Clone + Into<Secret>>(mut self, value: Option<&V>) -> Self {
        self.argument = Some(value.cloned().map(Into::into));
        self
    }

    /// What was found by other means. It wins over the variables: for a vendor's own files, which win over the environment.
    #[must_use]
    pub fn found(mut self, found: Option<&'a Found>) -> Self {
        self.found = found;
        self
    }

    /// The variables, first of them first.
    #[must_use]
    pub fn variables(mut self, names: &'a [&'a str]) -> Self {
        self.variables = names;
        self
    }

    /// The keys of a profile, first of them first.
    #[must_use]
    pub fn keys(mut self, names: &'a [&'a str]) -> Self {
        self.keys = names;
        self
    }

    /// What it is if no place has it.
    #[must_use]
    pub fn default(mut self, value: &'a str) -> Self {
        self.default = Some(value);
        self
    }

    pub(super) fn in_order(&self, env: &Env, profile: Option<&Profile>) -> Result<Option<Found>, Error> {
        if let Some(Some(value)) = &self.argument
            && !value.expose().is_empty()
        {
            let provenance = Provenance::Argument(self.what.to_owned().into());
            return Ok(Some(Found::new(self.what, value.clone(), provenance)));
        }
        if let Some(found) = self.found.filter(|found| !found.value().is_empty()) {
            return Ok(Some(found.clone()));
        }
        for name in self.variables {
            if let Some((value, provenance)) = env.look(name)? {
                return Ok(Some(Found::new(self.what, value, provenance)));
            }
        }
        for key in self.keys {
            if let Some(found) = profile.map(|profile| profile.find(self.what, key, env)).transpose()?.flatten() {
                return Ok(Some(found.by_key()));
            }
        }
        Ok(self.default.map(|value| Found::new(self.what, value, Provenance::Default)))
    }

    /// What a user can do about its absence.
    pub(super) fn missing(&self, env: &Env, profile: Option<&str>) -> String {
        let argument = self.argument.as_ref().filter(|_| env.has_builder_hints());
        let argument = argument.map(|_| format!("give the argument `{}`", self.what));
        let variables = (!self.variables.is_empty()).then(|| format!("set {}", self.variables.join(" or ")));
        let key = self.keys.first().map(|key| match profile {
            Some(profile) => format!("put `{key}` into {profile}"),
            None => format!("choose a profile with `{key}`"),
        });
        let places: Vec<_> = [argument, variables, key].into_iter().flatten().collect();
        format!("no {} is configured: {}", self.what, places.join(", "))
    }
}
