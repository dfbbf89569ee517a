//! stdout is data, stderr is for people. Colours only where a person looks: not into a file or pipe, and not with `NO_COLOR`.

use std::fmt::Display;
use std::io::{self, Write};

use clap::builder::styling::{AnsiColor, Style};

use crate::failure::Failure;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Writes data, with its colours where a person looks.
pub(crate) fn data(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    write(anstream::AutoStream::auto(io::stdout()).lock(), text)
}

/// Writes data for a program, to the byte.
pub(crate) fn exact(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    write(io::stdout().lock(), text)
}

/// A reader that has gone away, such as `head`, has read what it wanted.
fn write(mut out: impl Write, text: impl AsRef<[u8]>) -> Result<(), Failure> {
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("the output can't be written: {}", error.kind())))
        }
        _ => Ok(()),
    }
}

/// The same, and a line's end.
pub(crate) fn data_line(text: impl Display) -> Result<(), Failure> {
    data(format!("{text}\n"))
}

/// Whether stdout is a file that others than its owner can read.
#[cfg(unix)]
pub(crate) fn others_read_data() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::PermissionsExt;
    let meta = io::stdout().as_fd().try_clone_to_owned().and_then(|stdout| std::fs::File::from(stdout).metadata());
    meta.is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o044 != 0)
}

/// Nobody can tell by a mode.
#[cfg(not(unix))]
pub(crate) fn others_read_data() -> bool {
    false
}

/// Tells a person something.
pub(crate) fn say(text: impl Display) {
    people(format_args!("{text}"));
}

/// Tells a person what could go wrong.
pub(crate) fn warn(text: impl Display) {
    people(format_args!("{WARNING}warning{WARNING:#}: {text}"));
}

/// Tells a person why a command failed.
pub(crate) fn error(text: impl Display) {
    people(format_args!("{ERROR}error{ERROR:#}: {text}"));
}

/// Words of others, such as a server's, without what would steer the terminal, and no longer than that many characters.
pub(crate) fn plain(text: &str, longest: usize) -> String {
    text.chars().take(longest).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Whether nobody hears it changes nothing.
fn people(text: impl Display) {
    let mut err = anstream::AutoStream::auto(io::stderr()).lock();
    let _ = writeln!(err, "{text}");
}
