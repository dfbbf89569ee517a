//! Assignments for a batch file of cmd.exe (`set /?`).

use super::Unfit;

/// A line has no more characters.
const LONGEST: usize = 8191;

/// `set "NAME=value"`: in quotes `^`, `&`, `|`, `<` and `>` are characters like others; `%` is doubled in a batch file. `!` is
/// one unless delayed expansion is on, which it is not by default.
pub(super) fn assignment(name: &str, value: &str) -> Result<String, Unfit> {
    if value.contains(['\n', '\r']) {
        return Err("a line break");
    }
    if value.contains('"') {
        return Err("a double quote");
    }
    // A batch file is read in the console's code page, and ends at Ctrl-Z.
    if !value.chars().all(|c| matches!(c, ' '..='~')) {
        return Err("a character that is not printable ASCII");
    }
    let line = format!("set \"{name}={}\"", value.replace('%', "%%"));
    if line.len() > LONGEST {
        return Err("more characters than a line of cmd");
    }
    Ok(format!("{line}\r\n"))
}
