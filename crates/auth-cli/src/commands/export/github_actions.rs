//! Variables for the steps that follow in GitHub Actions.
//!
//! Two channels: the runner reads `::add-mask::` from the step's output, so that goes to stdout, and assignments from the file
//! that `GITHUB_ENV` names ("Workflow commands for GitHub Actions", "Setting an environment variable", "Masking a value in a
//! log"). Were they in one text, whoever sends it into the file would break the file, or show the token.

use std::io::Write;

use auth_core::Secret;

use crate::context::Context;
use crate::failure::Failure;
use crate::terminal;

/// Where the runner looks for assignments.
const FILE: &str = "GITHUB_ENV";

/// `NAME<<DELIMITER`, the value, the delimiter: any text, as long as none of its lines is the delimiter.
pub(super) fn assignment(name: &str, value: &str) -> String {
    let mut delimiter = format!("authctl_{}", Secret::new(value).fingerprint());
    while value.contains(&delimiter) {
        delimiter.push('_');
    }
    format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
}

/// The mask first: what follows may be printed by whoever comes next. The runner has made the file; one that is not there is
/// not its.
pub(super) fn publish(token: &Secret, assignments: &str, context: &Context) -> Result<(), Failure> {
    let path = context.process.get(FILE)?.ok_or_else(|| {
        Failure::usage(format!(
            "{FILE} is not set: this format is for a step of GitHub Actions, and writes to its file"
        ))
    })?;
    let failed = |error: std::io::Error| {
        Failure::failed(format!("the file that {FILE} names can't be written: {}", error.kind()))
    };
    let mut file = std::fs::OpenOptions::new().append(true).open(path).map_err(failed)?;
    terminal::exact(format!("::add-mask::{}\n", data(token.expose())))?;
    file.write_all(assignments.as_bytes()).map_err(failed)
}

/// The data of a workflow command, which is one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
