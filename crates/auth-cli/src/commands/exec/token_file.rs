//! A file that always holds a valid token.

use std::fs;
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
    /// What was written last. It is open, so that no other file gets its number.
    #[cfg(unix)]
    written: Option<fs::File>,
}

impl TokenFile {
    /// At `path`, or in a new folder that only the user can look into.
    pub(super) fn create(path: Option<&Path>) -> Result<Self, Failure> {
        let (path, folder) = match path {
            Some(path) => (chosen(path)?, None),
            None => {
                let mut builder = tempfile::Builder::new();
                builder.prefix("authctl-");
                #[cfg(unix)]
                builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
                let folder = builder.tempdir().map_err(|error| failed(&error))?;
                (folder.path().join("token"), Some(folder))
            }
        };
        Ok(Self {
            path,
            folder,
            #[cfg(unix)]
            written: None,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The token and nothing else, so that `$(cat FILE)` and a program's `trim` are not needed.
    pub(super) fn write(&mut self, credential: &Credential) -> Result<(), Failure> {
        let token = credential.secret().map_or("", Secret::expose);
        store::write_private(&self.path, token.as_bytes()).map_err(|error| Failure::failed(error.to_string()))?;
        #[cfg(unix)]
        {
            self.written = fs::File::open(&self.path).ok();
        }
        Ok(())
    }

    /// The same while the program runs, which keeps what it has if that fails.
    pub(super) fn rewrite(&mut self, credential: &Credential) {
        if let Err(failure) = self.write(credential) {
            terminal::warn(format_args!("the token file keeps the old token: {}", failure.message));
        }
    }

    /// Whether what is there is what was written, and nothing that has come in its place.
    #[cfg(unix)]
    fn is_ours(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let written = self.written.as_ref().and_then(|file| file.metadata().ok());
        let there = fs::symlink_metadata(&self.path).ok();
        written.zip(there).is_some_and(|(written, there)| (written.dev(), written.ino()) == (there.dev(), there.ino()))
    }

    #[cfg(not(unix))]
    fn is_ours(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|there| there.is_file())
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        if self.folder.is_none() && self.is_ours() {
            // Somebody else may have taken it away.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The place that the user names, if a file can be made there and takes the place of nothing but an older one of tokens, which
/// is the user's alone: it is replaced, and removed at the end.
fn chosen(path: &Path) -> Result<PathBuf, Failure> {
    // The program may work in another folder.
    let path = std::path::absolute(path).map_err(|error| failed(&error))?;
    let shown = |path: &Path| terminal::plain(&path.to_string_lossy(), 200);
    let refused = |why: &str| Failure::failed(format!("--token-file: {why}: name a file of its own"));
    if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
        return Err(Failure::failed(format!("--token-file: there is no folder {}", shown(folder))));
    }
    match fs::symlink_metadata(&path) {
        Err(_) => Ok(path),
        Ok(there) if there.is_symlink() => Err(refused(&format!("{} is a symbolic link", shown(&path)))),
        Ok(there) if !there.is_file() => Err(refused(&format!("{} is not a plain file", shown(&path)))),
        Ok(_) => match store::exposure(&path) {
            Some(exposure) => Err(refused(&exposure)),
            None => Ok(path),
        },
    }
}

fn failed(error: &std::io::Error) -> Failure {
    Failure::failed(format!("there is no place for the token file: {}", io_reason(error.kind())))
}
