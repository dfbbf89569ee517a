//! Who else can read the files that hold secrets.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use auth_core::Access;
use auth_core::settings::Provenance;
use auth_core::store::{self, TokenStore};

use super::check::Check;
use crate::commands::export::posix::quoted;
use crate::context::Context;
use crate::selection;

/// Modes and owners of the config, the credential's file, and the .env file.
pub(super) fn check(context: &Context, access: Option<&Access>) -> Check {
    const ID: &str = "file-modes";
    let mut files: BTreeSet<PathBuf> = selection::profiles(context).into_iter().map(|all| all.path().into()).collect();
    files.extend(context.global.dotenv.clone().filter(|path| path.exists()));
    let explained = access.iter().flat_map(|access| access.explain().settings());
    let places = explained.filter(|setting| setting.is_secret()).filter_map(|setting| setting.provenance());
    let places = places.chain(access.and_then(Access::credential));
    let secrets: BTreeSet<PathBuf> = places.filter_map(Provenance::file).map(PathBuf::from).collect();
    files.extend(secrets.iter().cloned());
    let notes = access.iter().flat_map(|access| access.explain().notes());
    // A system that reads files of its own says itself what is to be said of them.
    let said: Vec<String> = notes.filter(|note| note.contains("can be read or written by others")).cloned().collect();
    // Such files are for nothing else, and the config is in both.
    let is_secret = said.iter().any(|note| !files.iter().any(|path| store::exposure(path).as_ref() == Some(note)))
        || secrets.iter().any(|path| store::exposure(path).is_some());
    let warnings: BTreeSet<String> = files.iter().filter_map(|path| store::exposure(path)).chain(said).collect();
    let warnings: Vec<String> = warnings.into_iter().collect();
    match (&warnings[..], files.len()) {
        ([], 0) => Check::ok(ID, "no file is in use"),
        ([], _) => {
            let files = files.iter().map(|path| path.display().to_string());
            Check::ok(ID, "they are for you alone").with_details(files)
        }
        ([first, rest @ ..], _) => {
            let mut fix = cures(&warnings);
            if is_secret {
                fix += "; if others could read it, replace the secret too";
            }
            Check::warn(ID, first.clone(), fix).with_details(rest.to_vec())
        }
    }
}

/// The commands that warnings of [`store::exposure`] end with, and the files that they begin with, as a shell takes them.
fn cures(warnings: &[String]) -> String {
    let cure = |warning: &String| {
        let (path, _) = warning.split_once(" can be read").or_else(|| warning.split_once(" belongs to "))?;
        let (_, command) = warning.rsplit_once(": ")?;
        let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+@%:,".contains(c));
        // A long path is shown without its beginning, and the command would miss it.
        let is_whole = !path.starts_with("..");
        is_whole.then(|| if is_plain { format!("{command} {path}") } else { format!("{command} {}", quoted(path)) })
    };
    let cures: Option<Vec<String>> = warnings.iter().map(cure).collect();
    cures.map_or_else(|| "do what stands behind the colon".to_owned(), |all| all.join(" && "))
}

const ELSEWHERE: &str = "look at the rights of the folders above, or name another by XDG_CACHE_HOME or HOME";

/// Makes a folder where the first of those that are missing would be, as the store does, and takes it away again.
fn try_above(folder: &Path) -> io::Result<()> {
    let above = folder.ancestors().skip(1).find(|above| above.exists());
    tempfile::Builder::new().prefix(".authctl-").tempdir_in(above.unwrap_or(folder))?.close()
}

/// The folder of the token cache, and what is in it.
pub(super) fn cache(context: &Context) -> Check {
    const ID: &str = "cache";
    if context.global.no_cache {
        return Check::skipped(ID, "--no-cache");
    }
    let store = match TokenStore::of_user(&context.env) {
        Ok(Some(store)) => store,
        Ok(None) => {
            let fix = "set HOME, or XDG_CACHE_HOME; without a cache each command fetches a token of its own";
            return Check::warn(ID, "no folder is known for the token cache", fix);
        }
        Err(error) => return Check::warn(ID, error.to_string(), "correct the variable"),
    };
    let (folder, shown) = (store.folder(), store.folder().display());
    // Of a link nothing is read.
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => match try_above(folder) {
            Ok(()) => Check::ok(ID, format!("{shown} is not there yet")),
            Err(error) => Check::warn(ID, format!("{shown} can't be made: {}", error.kind()), ELSEWHERE),
        },
        Err(error) => Check::warn(ID, format!("{shown} can't be looked at: {}", error.kind()), ELSEWHERE),
        Ok(meta) if !meta.is_dir() => Check::warn(ID, format!("{shown} is no folder"), "remove it"),
        Ok(meta) if meta.permissions().readonly() => {
            Check::warn(ID, format!("{shown} can't be written"), format!("chmod 700 {shown}"))
        }
        Ok(_) if let Err(error) = tempfile::NamedTempFile::new_in(folder) => {
            Check::warn(ID, format!("{shown} can't be written: {}", error.kind()), ELSEWHERE)
        }
        Ok(_) => {
            let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
            let all = [folder.to_owned()].into_iter().chain(files);
            match all.filter_map(|path| store::exposure(&path)).min() {
                Some(warning) => {
                    let cure = cures(std::slice::from_ref(&warning));
                    let fix = format!("{cure}, then `authctl cache clear`: others may have read the tokens");
                    Check::warn(ID, warning, fix)
                }
                None => Check::ok(ID, format!("{shown} is for you alone")),
            }
        }
    }
}
