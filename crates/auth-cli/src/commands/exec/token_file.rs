//! A file that always holds a valid token.

use std::path::{Path, PathBuf};

use auth_core::adapter::io_reason;
use auth_core::{Credential, Secret, store};
use tempfile::TempDir;

use crate::failure::Failure;
use crate::terminal;

/// For the user alone; gone when this is dropped.
#[derive(Debug)]
pub(super) struct TokenFile {
    path: PathBuf,
    /// Of our own making, and removed with it.
    folder: Option<TempDir>,
}

impl TokenFile {
    /// At `path`, or in a new folder that only the user can look into.
    pub(super) fn create(path: Option<&Path>) -> Result<Self, Failure> {
        if let Some(path) = path {
            // The program may work in another folder.
            let path = std::path::absolute(path).map_err(|error| failed(&error))?;
            return Ok(Self { path, folder: None });
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix("authctl-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir().map_err(|error| failed(&error))?;
        Ok(Self { path: folder.path().join("token"), folder: Some(folder) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The token and nothing else, so that `$(cat FILE)` and a program's `trim` are not needed.
    pub(super) fn write(&self, credential: &Credential) -> Result<(), Failure> {
        let token = credential.secret().map_or("", Secret::expose);
        store::write_private(&self.path, token.as_bytes()).map_err(Into::into)
    }

    /// The same while the program runs, which keeps what it has if that fails.
    pub(super) fn rewrite(&self, credential: &Credential) {
        if let Err(failure) = self.write(credential) {
            terminal::warn(format_args!("the token file keeps the old token: {}", failure.message));
        }
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        if self.folder.is_none() {
            // Somebody else may have taken it away.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn failed(error: &std::io::Error) -> Failure {
    Failure::failed(format!("there is no place for the token file: {}", io_reason(error.kind())))
}
