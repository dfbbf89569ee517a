//! The program in the place of this one.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use crate::program::status;

/// Becomes the program; comes back only if that fails.
pub(super) fn replace(mut command: Command, program: &[OsString]) -> ExitCode {
    status::not_started(&command.exec(), program)
}
