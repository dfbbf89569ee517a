//! Quoting for .env files, as our reader and python-dotenv have it (docs/reference/formats.md).

use super::Unfit;

/// In single quotes, which no reader looks for `${NAME}` in; there a backslash escapes itself and the quote. A control character
/// can't stand there as it is, and the escapes of some are known in double quotes only.
pub(super) fn quoted(value: &str) -> Result<String, Unfit> {
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !value.contains(is_control) {
        return Ok(format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'")));
    }
    if value.contains('$') {
        return Err("a control character beside a `$`");
    }
    let mut text = String::from("\"");
    for c in value.chars() {
        match c {
            '\\' | '"' => text.extend(['\\', c]),
            '\r' => text += "\\r",
            '\u{7}' => text += "\\a",
            '\u{8}' => text += "\\b",
            '\u{b}' => text += "\\v",
            '\u{c}' => text += "\\f",
            c if is_control(c) => return Err("a control character"),
            c => text.push(c),
        }
    }
    text.push('"');
    Ok(text)
}
