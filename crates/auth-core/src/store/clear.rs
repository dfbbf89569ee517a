//! Removing what is kept.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::folder::{self, trouble};
use super::kept_token::{KeptToken, Standing};
use super::lock::Lock;
use crate::Error;

/// A file that is being written is younger than this.
const ABANDONED: Duration = Duration::from_secs(60);

/// Removes all tokens, and says how many there were.
pub(super) fn all(folder: &Path) -> Result<usize, Error> {
    let mut removed = 0;
    for path in files(folder)? {
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

fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(trouble(folder, "can't be read", &error)),
    }
}

fn is_token(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// What `tempfile` calls a file before it has its name.
fn is_left_over(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".tmp"))
}
