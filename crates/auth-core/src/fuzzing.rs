//! What the targets in `fuzz/` reach and programs do not. Only under `--cfg fuzzing`, which cargo-fuzz sets; no promise is made
//! about any of it.

/// Drives the rules of refreshing by a byte string of events and times.
///
/// # Panics
/// If a rule is broken.
pub fn machine(script: &[u8]) {
    crate::cache::drive_machine(script);
}

/// What a helper program's output comes to, without the program.
///
/// # Errors
/// The words of the error.
#[cfg(feature = "exec")]
pub fn printed(output: &[u8], format: crate::sources::ExecFormat) -> Result<crate::Token, String> {
    crate::sources::printed(output, format)
}
