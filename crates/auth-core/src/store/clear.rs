//! Removing what is kept.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::folder::{self, Folder, NAME_LENGTH, trouble};
use super::kept_token::{KeptToken, Standing};
use super::lock::Lock;
use super::private_file::PREFIX;
use crate::Error;

/// A file that is being written is younger than this.
const ABANDONED: Duration = Duration::from_secs(60);

/// Removes all tokens, and says how many there were.
pub(super) fn all(folder: &Folder) -> Result<usize, Error> {
    if !folder.is_there()? {
        return Ok(0);
    }
    let mut removed = 0;
    for path in files(folder.path())? {
        if is_token(&path) || is_left_over(&path) {
            match fs::remove_file(&path) {
                Ok(()) => removed += usize::from(is_token(&path)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(trouble(&path, "can't be removed", &error)),
            }
        }
    }
    Ok(removed)
}

/// Removes tokens that are over, but for the one at `mine`, and what killed processes left of theirs. What can't be removed stays.
pub(super) fn what_is_over(folder: &Path, mine: &Path, now: SystemTime) {
    for path in files(folder).unwrap_or_default() {
        if is_left_over(&path) {
            let written = fs::symlink_metadata(&path).and_then(|found| found.modified());
            if written.is_ok_and(|written| now.duration_since(written).is_ok_and(|age| age > ABANDONED)) {
                let _ = fs::remove_file(&path);
            }
        } else if is_token(&path) && path != mine {
            // Not while its own processes look at it, or replace it.
            let Ok(Some(_lock)) = Lock::at_once(&path.with_extension("lock")) else { continue };
            let kept = folder::read(&path).ok().flatten().and_then(|text| KeptToken::of_json(&text));
            if kept.is_some_and(|kept| kept.standing(now) == Standing::Over) {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

/// The plain files: nothing else is the store's.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    match fs::read_dir(folder) {
        Ok(entries) => {
            let is_plain = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_file());
            Ok(entries.flatten().filter(is_plain).map(|entry| entry.path()).collect())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(trouble(folder, "can't be read", &error)),
    }
}

/// What the store calls a token's file; somebody else's has another name.
fn is_token(path: &Path) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let name = name(path).strip_suffix(b".json");
    name.is_some_and(|name| name.len() == NAME_LENGTH && name.iter().all(is_digit))
}

/// What a file is called before it has its name.
fn is_left_over(path: &Path) -> bool {
    let random = name(path).strip_prefix(PREFIX.as_bytes());
    random.is_some_and(|random| !random.is_empty() && random.iter().all(u8::is_ascii_alphanumeric))
}

fn name(path: &Path) -> &[u8] {
    path.file_name().unwrap_or_default().as_encoded_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::private_file::unnamed_in;
    use super::*;

    #[test]
    fn what_is_being_written_is_told_from_a_token_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = unnamed_in(folder.path()).unwrap();
        assert!(is_left_over(file.path()) && !is_token(file.path()), "{file:?}");
        let place = Folder::at(folder.path().join("tokens")).place([7; 32]).unwrap();
        assert!(is_token(&place.token) && !is_token(&place.lock) && !is_left_over(&place.token), "{place:?}");
    }
}
