//! `${NAME}` in the values of a `.env` file.

use std::collections::HashMap;
use std::path::Path;

use zeroize::Zeroizing;

use super::dotenv::{Entry, is_key};
use super::fault::Fault;
use crate::{Env, Error, Secret};

/// All values together may become this long. References to references double at every line.
const LONGEST: usize = 1024 * 1024;

/// Puts values where `${NAME}` stands: of the entries above, else of the environment. Nothing else is expanded: no `$NAME`,
/// no `${NAME:-default}`, and nothing in single quotes.
///
/// # Errors
/// A name that has no value, and values that get too long.
pub(crate) fn expand(entries: &mut [Entry], path: &Path, env: &Env) -> Result<(), Error> {
    let mut above: HashMap<String, Secret> = HashMap::new();
    let mut length = 0;
    for entry in entries {
        if !entry.literal {
            entry.value = expanded(entry, &above, env, LONGEST - length).map_err(|problem| match problem {
                Problem::Line(reason) => Fault::syntax(entry.line, reason).in_file(path),
                Problem::Environment(error) => error,
            })?;
        }
        // What stands there as it is, the file's own limit counts.
        length = LONGEST.min(length + entry.value.expose().len());
        above.insert(entry.key.clone(), entry.value.clone());
    }
    Ok(())
}

enum Problem {
    Line(&'static str),
    Environment(Error),
}

fn expanded(entry: &Entry, above: &HashMap<String, Secret>, env: &Env, room: usize) -> Result<Secret, Problem> {
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
                    Some(value) => Some(value.clone()),
                    None => env.get(name).map_err(Problem::Environment)?.map(Secret::new),
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
