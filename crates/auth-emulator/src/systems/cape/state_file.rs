//! The file in which tokens outlive a server.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

use super::tokens::Book;
use crate::random;

/// `None` if there is no file yet.
pub(crate) fn read(path: &Path) -> io::Result<Option<Book>> {
    match fs::read(path) {
        // The parser's own words would quote the file.
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{} does not hold Cape's tokens", path.display()))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// All or nothing: a server that is killed meanwhile leaves the old file.
pub(crate) fn write(path: &Path, book: &Book) -> io::Result<()> {
    let beside = path.with_file_name(format!(".cape-tokens-{}", random::id(12)));
    let written = fill(&beside, book).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // It is of no use to anybody, whether it can be removed or not.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn fill(path: &Path, book: &Book) -> io::Result<()> {
    let mut file = create(path)?;
    file.write_all(&serde_json::to_vec_pretty(book)?)?;
    file.sync_all()
}

/// For its owner alone from the first moment on, and never through a link that was there before.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
