//! Writing a file that nobody else reads, and that is never there by halves.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::Error;
use crate::settings::shown;

/// How the name of a file begins that is not whole yet, so that one that was left is told from everybody else's.
pub(super) const PREFIX: &str = ".auth-core-";

/// A file for the user alone, which is there under its name when it is whole.
pub(super) fn unnamed_in(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)
}

/// Puts `content` into the file at `path`, in place of what was there. Only the user can read it (mode 0600 on Unix), from
/// the first byte on; whoever reads it meanwhile, and whoever comes after a crash at any point, finds the old file or the
/// new one, whole. The folder has to be there.
///
/// # Errors
/// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the path and what stands in the way: no such folder, no right to
/// write there, a full disk. The old file is still there then.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), Error> {
    let failed =
        |error: &io::Error| Error::misconfigured(format!("{} can't be written: {}", shown(path), error.kind()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // In the same folder, because a file is put in another's place within one file system only.
    let mut file = unnamed_in(folder).map_err(|error| failed(&error))?;
    let written = file.write_all(content).and_then(|()| file.as_file().sync_all());
    written.map_err(|error| failed(&error))?;
    file.persist(path).map_err(|error| failed(&error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_replaced_whole_and_nobody_elses_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "old").unwrap();
        write_private(&path, b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_failure_names_the_file_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_private(&folder.path().join("no/token"), b"new").unwrap_err().to_string();
        assert!(error.contains("no/token can't be written"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
