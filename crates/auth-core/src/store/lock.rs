//! One process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::folder::{refused, trouble};
use crate::settings::shown;
use crate::{Error, FetchContext};

/// How often it is looked whether the lock is free. An exchange takes some ten times as long.
const LOOK: Duration = Duration::from_millis(15);

/// The right to fetch, of one process. It goes with the file's handle, so a process that ends, however it does, has none.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// The lock, or `None` if another process has it.
    pub(super) fn at_once(path: &Path) -> Result<Option<Self>, Error> {
        try_lock(open(path)?, path).map(Result::ok)
    }

    /// The lock, waited for, at most for `patience`.
    pub(super) async fn wait(path: &Path, patience: Duration, cx: &FetchContext) -> Result<Self, Error> {
        let waiting = async {
            let mut file = open(path)?;
            loop {
                file = match try_lock(file, path)? {
                    Ok(lock) => return Ok(lock),
                    Err(file) => file,
                };
                cx.timeout(LOOK, std::future::pending::<()>()).await;
            }
        };
        let busy = || {
            Error::transient(format!(
                "the token cache is not used: another process has held {} for {} s",
                shown(path),
                patience.as_secs_f32()
            ))
        };
        cx.timeout(patience, waiting).await.unwrap_or_else(|| Err(busy()))
    }

    /// Remembers that a refresh was tried at this time.
    pub(super) fn note_attempt(&self, now: SystemTime) {
        // It is a courtesy to the issuer; without it, it is asked more often.
        let _ = self.0.set_modified(now);
    }
}

/// Whether a refresh was tried within `pause`.
pub(super) fn was_tried(path: &Path, pause: Duration, now: SystemTime) -> bool {
    let tried = std::fs::metadata(path).and_then(|found| found.modified());
    tried.is_ok_and(|tried| now.duration_since(tried).is_ok_and(|ago| ago < pause))
}

fn open(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A link is not followed, and a pipe is not waited at.
        options.mode(0o600).custom_flags(nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK);
    }
    let strange = || refused(path, "it is no plain file: remove it");
    let file = options.open(path).map_err(|error| match std::fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => strange(),
        _ => trouble(path, "can't be opened", &error),
    })?;
    match file.metadata() {
        Ok(found) if found.is_file() => Ok(file),
        Ok(_) => Err(strange()),
        Err(error) => Err(trouble(path, "can't be looked at", &error)),
    }
}

fn try_lock(file: File, path: &Path) -> Result<Result<Lock, File>, Error> {
    match file.try_lock() {
        Ok(()) => Ok(Ok(Lock(file))),
        Err(TryLockError::WouldBlock) => Ok(Err(file)),
        Err(TryLockError::Error(error)) => Err(trouble(path, "can't be locked", &error)),
    }
}
