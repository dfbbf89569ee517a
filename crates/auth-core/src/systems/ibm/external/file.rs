//! The credentials file: `IBM_CREDENTIALS_FILE`, else `ibm-credentials.env` in the working directory, else in the home folder.

use std::path::{Path, PathBuf};

use super::External;
use crate::config::document::{self, Document};
use crate::config::dotenv;
use crate::env::Standing;
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
    standing: Standing,
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
        // The variable is the user's word, but not for what a project wrote, nor is one from its own `.env` file.
        let stands = env.standing(Path::new(&named));
        let standing = Standing {
            is_nearby: place.is_nearby() || stands.is_nearby,
            is_own: stands.is_own && (place.is_nearbys_own() || !place.is_nearby()),
        };
        return Ok(Some(CredentialsFile { path, document, standing }));
    }
    let (here, home) = (env.working_directory(), env.home()?);
    for folder in [here, home] {
        let Some(path) = folder.map(|folder| folder.join(NAME)) else { continue };
        match document::read(&path) {
            Ok(document) => return Ok(Some(CredentialsFile { standing: env.standing(&path), path, document })),
            Err(error) if error.kind() == ErrorKind::Unavailable => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

impl CredentialsFile {
    fn about(self, prefix: &str) -> Result<External, Error> {
        let entries = dotenv::parse(self.document.text()).map_err(|fault| fault.in_file(&self.path))?;
        let mut external = External::default();
        let mut unknown = Vec::new();
        for entry in entries {
            let Some(key) = entry.key.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')) else { continue };
            let (path, name) = (self.path.clone(), entry.key.clone());
            let place = Provenance::File { path, line: Some(entry.line), key: name, nearby: false };
            let place = place.judged(self.standing.is_nearby, self.standing.is_own);
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
