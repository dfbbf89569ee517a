//! The credentials file: `IBM_CREDENTIALS_FILE`, else `ibm-credentials.env` in the working directory, else in the home folder.

use std::path::{Path, PathBuf};

use super::External;
use crate::config::document::{self, Document};
use crate::config::dotenv;
use crate::settings::{Provenance, Setting, shown};
use crate::{Env, Error, ErrorKind};

const VARIABLE: &str = "IBM_CREDENTIALS_FILE";
const NAME: &str = "ibm-credentials.env";

pub(super) const SETTING: Setting = Setting::new("credentials_file", "the file with IBM's external configuration")
    .with_variables(&[VARIABLE])
    .with_default("ibm-credentials.env in the working directory, else in the home folder");

/// What the first of the files that is there says about the service with this prefix.
pub(super) fn read(prefix: &str, env: &Env) -> Result<External, Error> {
    match open(env)? {
        Some(file) => file.about(prefix),
        None => Ok(External::default()),
    }
}

struct CredentialsFile {
    path: PathBuf,
    document: Document,
    nearby: bool,
}

fn open(env: &Env) -> Result<Option<CredentialsFile>, Error> {
    if let Some((named, place)) = env.look(VARIABLE)? {
        let path = env.resolve(Path::new(&named))?;
        // Who names a file means it: that it is not there is no reason to look elsewhere.
        let document = document::read(&path).map_err(|error| match error.kind() {
            ErrorKind::Unavailable => Error::misconfigured(format!(
                "{place} names {}, and there is no such file: correct it, or unset it",
                shown(&path)
            )),
            _ => error,
        })?;
        // A variable is the user's word, but for one from a `.env` file of the working directory.
        let nearby = place.is_nearby() && env.is_nearby(&path);
        return Ok(Some(CredentialsFile { path, document, nearby }));
    }
    let (here, home) = (env.working_directory(), env.home()?);
    // The home folder is the user's own, also for one who works in it.
    let nearby = here.as_ref().is_some_and(|here| home.as_ref().is_none_or(|home| !is_same(here, home)));
    for (folder, nearby) in [(here, nearby), (home, false)] {
        let Some(path) = folder.map(|folder| folder.join(NAME)) else { continue };
        match document::read(&path) {
            Ok(document) => return Ok(Some(CredentialsFile { path, document, nearby })),
            Err(error) if error.kind() == ErrorKind::Unavailable => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn is_same(one: &Path, other: &Path) -> bool {
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    canonical(one) == canonical(other)
}

impl CredentialsFile {
    fn about(self, prefix: &str) -> Result<External, Error> {
        let entries = dotenv::parse(self.document.text()).map_err(|fault| fault.in_file(&self.path))?;
        let mut external = External::default();
        let mut unknown = Vec::new();
        for entry in entries {
            let Some(key) = entry.key.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')) else { continue };
            let place = Provenance::File {
                path: self.path.clone(),
                line: Some(entry.line),
                key: entry.key.clone(),
                nearby: self.nearby,
            };
            // The last of two counts, also if it takes a value away.
            external.found.remove(key);
            if !external.put(key, entry.value, place) {
                unknown.push(entry.line);
            }
        }
        if external.found.is_empty() {
            return Ok(External::default());
        }
        let path = shown(&self.path);
        external.notes.extend(self.document.warned());
        let unknown =
            unknown.into_iter().map(|line| format!("{path}:{line} begins like this service's keys and is none"));
        external.notes.extend(unknown);
        Ok(external)
    }
}
