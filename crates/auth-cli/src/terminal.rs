//! stdout is data, stderr is for people. Colours only where a person looks: not into a file or pipe, and not with `NO_COLOR`.

use std::fmt::Display;
use std::io::{self, Write};

use auth_core::adapter::io_reason;
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
            Err(Failure::failed(format!("the output can't be written: {}", io_reason(error.kind()))))
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

/// Words of others, such as a server's, of which no more than that many characters are shown.
pub(crate) fn plain(text: &str, longest: usize) -> String {
    let end = text.char_indices().nth(longest).map_or(text.len(), |(at, _)| at);
    printable(&text[..end])
}

/// The same text, with numbers in place of what could move a terminal's cursor, or change the order in which it shows
/// characters: for all that others wrote.
pub(crate) fn printable(text: &str) -> String {
    let is_hidden = |c: char| {
        let directs =
            matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        c.is_control() || directs || c == '\u{61c}'
    };
    let shown = |c: char| if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// Whether nobody hears it changes nothing.
fn people(text: impl Display) {
    let mut err = anstream::AutoStream::auto(io::stderr()).lock();
    let _ = writeln!(err, "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_to_be_seen_is_shown_as_its_number() {
        assert_eq!(printable("a\x1b[31m\r\nb\u{202e}ü\u{61c} 火"), r"a\u{1b}[31m\u{d}\u{a}b\u{202e}ü\u{61c} 火");
        assert_eq!(plain("ü\u{202e}b", 2), r"ü\u{202e}");
    }
}
