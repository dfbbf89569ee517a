//! A text file of settings, read whole.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::Error;
use crate::adapter::io_reason;
use crate::settings::shown;

/// Longer files are something else.
const LONGEST: u64 = 1024 * 1024;

/// The text of a file, and what is to be said about the file.
pub(crate) struct Document {
    text: Zeroizing<String>,
    warning: Option<String>,
}

impl Document {
    /// Its text, without a byte order mark.
    pub(crate) fn text(&self) -> &str {
        self.text.strip_prefix('\u{feff}').unwrap_or(&self.text)
    }

    /// A warning about its permissions, which goes to the log now.
    pub(crate) fn warned(self) -> Option<String> {
        if let Some(warning) = &self.warning {
            tracing::warn!(target: "auth_core", "{warning}");
        }
        self.warning
    }
}

/// Reads a file of at most 1 MiB of UTF-8 text.
///
/// # Errors
/// [`Unavailable`](crate::ErrorKind::Unavailable) if there is none; [`Misconfigured`](crate::ErrorKind::Misconfigured) if it
/// can't be read or is no such text. The message names the file, and nothing that stands in it.
pub(crate) fn read(path: &Path) -> Result<Document, Error> {
    let name = shown(path);
    let refused =
        |reason: &dyn std::fmt::Display| Error::misconfigured(format!("the file {name} can't be used: {reason}"));
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::unavailable(format!("there is no file {name}")),
        kind => refused(&io_reason(kind)),
    };
    let Some((file, meta)) = open(path).map_err(unreadable)? else { return Err(refused(&"it is no regular file")) };
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(meta.len().min(LONGEST)).unwrap_or(0) + 1));
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let document = decode(&bytes).map_err(|reason| refused(&reason))?;
    Ok(Document { warning: warning(&meta, &name), ..document })
}

/// The bytes of a file as text.
///
/// # Errors
/// Why they are none, in words that repeat nothing of them.
pub(crate) fn decode(bytes: &[u8]) -> Result<Document, &'static str> {
    if bytes.len() as u64 > LONGEST {
        return Err("it is longer than 1 MiB");
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("it is UTF-16 text; save it again as UTF-8");
    }
    let text = str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text")?;
    Ok(Document { text: Zeroizing::new(text.to_owned()), warning: None })
}

/// What is said about a file of these bytes, if it can't be used.
#[cfg(test)]
pub(crate) fn message_of(
    name: &str,
    bytes: &[u8],
    parse: impl FnOnce(&str) -> Result<(), super::fault::Fault>,
) -> Option<String> {
    match decode(bytes) {
        Err(reason) => Some(format!("the file {name} can't be used: {reason}")),
        Ok(document) => parse(document.text()).err().map(|fault| fault.in_file(Path::new(name)).to_string()),
    }
}

/// Opens a regular file for reading. `None` for anything else: a FIFO may never have a writer, a device never ends.
pub(crate) fn open(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    let file = open_at_once(path)?;
    let meta = file.metadata()?;
    Ok(meta.is_file().then_some((file, meta)))
}

/// Without waiting for a writer if it is a FIFO.
#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().read(true).custom_flags(nix::libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// What is to be said about who may read or write it.
#[cfg(unix)]
pub(crate) fn warning(meta: &Metadata, name: &str) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = meta.permissions().mode() & 0o777;
    let right = if meta.is_dir() { 700 } else { 600 };
    (mode & 0o077 != 0).then(|| format!("{name} can be read or written by others (mode {mode:04o}): chmod {right}"))
}

#[cfg(not(unix))]
pub(crate) fn warning(_: &Metadata, _: &str) -> Option<String> {
    None
}
