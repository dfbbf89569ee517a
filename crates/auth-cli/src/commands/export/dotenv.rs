//! Quoting for .env files, as our reader and python-dotenv have it (docs/reference/formats.md).

use super::Unfit;

/// In single quotes, which no reader looks for `${NAME}` in; there a backslash escapes itself and the quote. A carriage return
/// would be read as a line's end, and its escape stands in double quotes only.
pub(super) fn quoted(value: &str) -> Result<String, Unfit> {
    let escaped = value.replace('\\', r"\\");
    if !value.contains('\r') {
        return Ok(format!("'{}'", escaped.replace('\'', r"\'")));
    }
    if value.contains('$') {
        return Err("a carriage return beside a `$`");
    }
    Ok(format!("\"{}\"", escaped.replace('"', "\\\"").replace('\r', "\\r").replace('\n', "\\n")))
}
