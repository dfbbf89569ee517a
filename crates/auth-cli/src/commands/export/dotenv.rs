//! Quoting for .env files, as our reader and python-dotenv have it (docs/reference/formats.md), and as sh has it: such a file
//! is often sourced, and where the two differ a value would be code.

use super::Unfit;

/// In single quotes, which no reader looks for `${NAME}` in; there a backslash is one for all of them, unless it stands in
/// front of another or the quote. With a single quote it is written in double ones, if nothing in it is special to anybody there.
pub(super) fn quoted(value: &str) -> Result<String, Unfit> {
    if value.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err("a control character");
    }
    if value.contains('\'') {
        return match value.contains(['\\', '"', '$', '`', '!', '\n']) {
            true => Err("a single quote beside a line break or one of \\ \" $ ` !"),
            false => Ok(format!("\"{value}\"")),
        };
    }
    if value.contains(r"\\") || value.ends_with('\\') {
        return Err("a backslash in front of another, or at its end");
    }
    Ok(format!("'{value}'"))
}
