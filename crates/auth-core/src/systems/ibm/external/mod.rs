//! IBM's external configuration: what IBM's SDKs read for a service if a program gives them nothing.
//!
//! [`file`], else the environment, else [`vcap`]: the first that says anything about the service counts whole, and what it
//! leaves out no other fills in. See [IBM's
//! description](https://github.com/IBM/ibm-cloud-sdk-common#using-external-configuration).

mod file;
mod vcap;

use std::collections::BTreeMap;

use super::setting::{EXTERNAL, Known, LEFT_OUT};
use crate::settings::{Found, Provenance, Setting};
use crate::{Env, Error, Secret};

/// Where it is, if not in the service's own variables.
pub(super) const SETTINGS: &[Setting] = &[file::SETTING, vcap::SETTING];

/// What one source says about a service.
#[derive(Debug, Default)]
pub(super) struct External {
    /// By IBM's key.
    pub(super) found: BTreeMap<&'static str, Found>,
    /// What is to be said about it.
    pub(super) notes: Vec<String>,
}

impl External {
    /// Notes a value under IBM's key of it. An empty one is none. False if IBM has no such key.
    fn put(&mut self, key: &str, value: Secret, place: Provenance) -> bool {
        if let Some((known, key)) = known(key) {
            if !value.expose().is_empty() {
                self.found.insert(key, Found::new(known.name(), value, place));
            }
            return true;
        }
        let left_out = LEFT_OUT.iter().find(|(known, _)| *known == key);
        if let Some((_, reason)) = left_out.filter(|_| says_something(&value)) {
            self.notes.push(format!("{place} is ignored: {reason}"));
        }
        left_out.is_some()
    }
}

/// What is switched off asks for nothing.
fn says_something(value: &Secret) -> bool {
    !value.expose().is_empty() && !value.expose().eq_ignore_ascii_case("false")
}

fn known(key: &str) -> Option<(Known, &'static str)> {
    EXTERNAL.into_iter().find_map(|known| Some((known, *known.external.iter().find(|external| **external == key)?)))
}

/// The prefix of a service's variables, without the underscore behind it.
///
/// # Errors
/// [`Misconfigured`](crate::ErrorKind::Misconfigured) if the name is empty.
pub(super) fn prefix(service: &str) -> Result<String, Error> {
    if service.trim().is_empty() {
        return Err(Error::misconfigured("the argument `service` is empty: name the service whose settings are meant"));
    }
    Ok(service.to_uppercase().replace(['-', ' '], "_"))
}

/// What the first source that says anything says about `service`.
///
/// # Errors
/// [`Misconfigured`](crate::ErrorKind::Misconfigured) if a source is there and can't be read: another one may be meant for
/// something else.
pub(super) fn read(service: &str, env: &Env) -> Result<External, Error> {
    let prefix = prefix(service)?;
    let mut notes = Vec::new();
    for source in [file::read(&prefix, env)?, variables(&prefix, env)?, vcap::read(service, env)?] {
        let said_something = !source.found.is_empty();
        notes.extend(source.notes);
        if said_something {
            return Ok(External { found: source.found, notes });
        }
    }
    Ok(External { found: BTreeMap::new(), notes })
}

fn variables(prefix: &str, env: &Env) -> Result<External, Error> {
    let mut external = External::default();
    let keys = EXTERNAL.iter().flat_map(|known| known.external).chain(LEFT_OUT.iter().map(|(key, _)| key));
    for key in keys {
        if let Some((value, place)) = env.look(&format!("{prefix}_{key}"))? {
            external.put(key, value.into(), place);
        }
    }
    Ok(external)
}
