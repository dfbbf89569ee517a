//! `${NAME}` in the values of a `.env` file.

use std::collections::HashMap;
use std::path::Path;

use zeroize::Zeroizing;

use super::dotenv::{Entry, is_key};
use super::fault::Fault;
use crate::settings::Provenance;
use crate::{Env, Error, Secret};

/// What was put into the values of a file from outside it, by their keys.
pub(crate) type Drawn = HashMap<String, Parts>;

/// What was put into one value from outside the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    /// The first variable whose value is not the working directory's own.
    pub(crate) foreign: Option<String>,
    /// The first one whose value is no better than the working directory.
    pub(crate) tainted: Option<String>,
}

impl Parts {
    fn add(&mut self, other: Self) {
        self.foreign = self.foreign.take().or(other.foreign);
        self.tainted = self.tainted.take().or(other.tainted);
    }

    fn of(name: &str, place: &Provenance) -> Self {
        let named = |is_so: bool| is_so.then(|| name.to_owned());
        Self { foreign: named(!place.is_nearbys_own()), tainted: named(place.is_nearby()) }
    }
}

/// All values together may become this long. References to references double at every line.
const LONGEST: usize = 1024 * 1024;

/// Puts values where `${NAME}` stands: of the entries above, else of the environment. Nothing else is expanded: no `$NAME`,
/// no `${NAME:-default}`, and nothing in single quotes.
///
/// # Errors
/// A name that has no value, and values that get too long.
pub(crate) fn expand(entries: &mut [Entry], path: &Path, env: &Env) -> Result<Drawn, Error> {
    let mut above: HashMap<String, Secret> = HashMap::new();
    let mut all = Drawn::new();
    let mut length = 0;
    for entry in entries {
        let mut parts = Parts::default();
        if !entry.literal {
            let value = expanded(entry, &above, env, LONGEST - length, &mut |name, place| {
                parts.add(
                    place.map_or_else(|| all.get(name).cloned().unwrap_or_default(), |place| Parts::of(name, &place)),
                );
            });
            entry.value = value.map_err(|problem| match problem {
                Problem::Line(reason) => Fault::syntax(entry.line, reason).in_file(path),
                Problem::Environment(error) => error,
            })?;
        }
        all.insert(entry.key.clone(), parts);
        // What stands there as it is, the file's own limit counts.
        length = LONGEST.min(length + entry.value.expose().len());
        above.insert(entry.key.clone(), entry.value.clone());
    }
    Ok(all)
}

enum Problem {
    Line(&'static str),
    Environment(Error),
}

fn expanded(
    entry: &Entry,
    above: &HashMap<String, Secret>,
    env: &Env,
    room: usize,
    // What is put in: a line above, or what stands in this place.
    drawn: &mut dyn FnMut(&str, Option<Provenance>),
) -> Result<Secret, Problem> {
    let mut value = Zeroizing::new(String::new());
    let mut rest = entry.value.expose();
    if !rest.contains("${") {
        return Ok(entry.value.clone());
    }
    while let Some((literal, reference)) = rest.split_once("${") {
        value.push_str(literal);
        match reference.split_once('}').filter(|(name, _)| is_key(name)) {
            Some((name, behind)) => {
                let meant = match above.get(name) {
                    Some(value) => {
                        drawn(name, None);
                        Some(value.clone())
                    }
                    None => env.look(name).map_err(Problem::Environment)?.map(|(value, place)| {
                        drawn(name, Some(place));
                        Secret::new(value)
                    }),
                };
                let meant = meant.ok_or(Problem::Line(
                    "the variable behind `${` is set neither above nor in the environment; single quotes keep it as it is",
                ))?;
                value.push_str(meant.expose());
                rest = behind;
            }
            None => {
                value.push_str("${");
                rest = reference;
            }
        }
        if value.len() > room {
            return Err(Problem::Line("the values get longer than 1 MiB when `${..}` is expanded"));
        }
    }
    value.push_str(rest);
    Ok(Secret::new(std::mem::take(&mut *value)))
}
