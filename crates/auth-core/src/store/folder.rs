//! The folder that tokens are in: the user's alone.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::private_file::unnamed_in;
use crate::Error;
use crate::settings::shown;

/// The key that makes names of identities. Without it, whoever sees a name could check guesses of a weak secret.
const KEY: &str = "names.key";
const KEY_LENGTH: usize = 32;

/// Hexadecimal digits of a name.
pub(super) const NAME_LENGTH: usize = 32;

/// A token is at most 64 KiB.
const LONGEST: u64 = 256 * 1024;

/// A folder of the user's own.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

/// Where one identity's token is, and what is locked around it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) token: PathBuf,
    pub(super) lock: PathBuf,
}

impl Folder {
    pub(super) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The place of the identity with this digest. Makes the folder if there is none.
    pub(super) fn place(&self, digest: [u8; 32]) -> Result<Place, Error> {
        self.open()?;
        let key = self.key()?;
        let name = hmac_sha256::HMAC::mac(digest, &key[..]);
        let name: String = name.iter().take(NAME_LENGTH / 2).map(|byte| format!("{byte:02x}")).collect();
        Ok(Place { token: self.0.join(format!("{name}.json")), lock: self.0.join(format!("{name}.lock")) })
    }

    fn open(&self) -> Result<(), Error> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0).map_err(|error| trouble(&self.0, "can't be made", &error))?;
        self.is_there().map(drop)
    }

    /// Whether there is one: an error if it is not the user's own and nobody else's, or elsewhere.
    pub(super) fn is_there(&self) -> Result<bool, Error> {
        let found = match fs::symlink_metadata(&self.0) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(trouble(&self.0, "can't be looked at", &error)),
        };
        if !found.is_dir() {
            return Err(refused(&self.0, "it is no folder: remove it"));
        }
        check_owner(&self.0, &found).map(|()| true)
    }

    fn key(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let path = self.0.join(KEY);
        loop {
            if let Some(key) = read(&path)? {
                if key.len() == KEY_LENGTH {
                    return Ok(key);
                }
                return Err(refused(&path, "it is no key: remove it, and the tokens with `clear`"));
            }
            let mut key = Zeroizing::new(vec![0; KEY_LENGTH]);
            let unusable = |error: &std::io::Error| trouble(&path, "can't be written", error);
            getrandom::fill(&mut key).map_err(|_| refused(&path, "the system has no random numbers for it"))?;
            let mut file = unnamed_in(&self.0).map_err(|error| unusable(&error))?;
            let written = file.write_all(&key).and_then(|()| file.as_file().sync_all());
            written.map_err(|error| unusable(&error))?;
            // Of several that begin at once, the first one's counts for all.
            match file.persist_noclobber(&path) {
                Ok(_) => return Ok(key),
                Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(unusable(&error.error)),
            }
        }
    }
}

/// What stands in a file of the folder; `None` if there is none.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let unreadable = |error: &std::io::Error| trouble(path, "can't be read", error);
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(refused(path, "it is no plain file: remove it")),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    };
    check_owner(path, &file.metadata().map_err(|error| unreadable(&error))?)?;
    let mut content = Zeroizing::new(Vec::new());
    file.take(LONGEST).read_to_end(&mut content).map_err(|error| unreadable(&error))?;
    Ok(Some(content))
}

/// What others can read or have made may be anybody's.
#[cfg(unix)]
fn check_owner(path: &Path, found: &fs::Metadata) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt;

    if found.uid() != nix::unistd::geteuid().as_raw() {
        return Err(refused(path, "it is another user's"));
    }
    if found.mode() & 0o077 != 0 {
        let mode = if found.is_dir() { "0700" } else { "0600" };
        return Err(refused(path, &format!("others have a right to it: remove it, or give it the mode {mode}")));
    }
    Ok(())
}

/// The folder is in the user's profile, whose rights it inherits.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as on Unix")]
fn check_owner(_path: &Path, _found: &fs::Metadata) -> Result<(), Error> {
    Ok(())
}

pub(super) fn trouble(path: &Path, what: &str, error: &std::io::Error) -> Error {
    Error::misconfigured(format!("the token cache is not used: {} {what}: {}", shown(path), error.kind()))
}

pub(super) fn refused(path: &Path, why: &str) -> Error {
    Error::misconfigured(format!("the token cache is not used: {}: {why}", shown(path)))
}
