//! How a program ended, as shells say it.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitCode, ExitStatus};

use auth_core::adapter::io_reason;

use crate::terminal;

/// POSIX, "Exit Status for Commands": a program that is not there, and one that can't be run.
const NOT_FOUND: u8 = 127;
const NOT_EXECUTABLE: u8 = 126;
/// And what is added to the signal that ended one.
const SIGNAL: i32 = 128;

/// What the program said at its end.
pub(crate) fn of(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| SIGNAL + signal);
    #[cfg(not(unix))]
    let signal = None;
    // It has ended in one of the two ways.
    let code = status.code().or(signal).unwrap_or(SIGNAL);
    // Windows has longer ones, of which a shell there sees as much.
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

/// Why there is no program, for a person too.
pub(crate) fn not_started(error: &io::Error, program: &[OsString]) -> ExitCode {
    // As it was typed. Of the arguments any may be a secret.
    let program = Path::new(program.first().map_or("".as_ref(), OsString::as_os_str));
    let name = terminal::plain(&program.to_string_lossy(), 200);
    let (code, why) = match error.kind() {
        io::ErrorKind::NotFound if program.is_file() => {
            (NOT_FOUND, "the program that its first line names is not there".to_owned())
        }
        io::ErrorKind::NotFound => (NOT_FOUND, "there is no such program".to_owned()),
        io::ErrorKind::PermissionDenied if program.is_dir() => (NOT_EXECUTABLE, "it is a folder".to_owned()),
        io::ErrorKind::PermissionDenied => (NOT_EXECUTABLE, "it may not be executed: chmod +x?".to_owned()),
        kind => (NOT_EXECUTABLE, format!("it can't be started: {}", io_reason(kind))),
    };
    terminal::error(format_args!("{name}: {why}"));
    ExitCode::from(code)
}
