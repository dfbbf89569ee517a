//! Quoting for sh and its kin (POSIX, Shell Command Language, 2.2.2).

/// In single quotes all characters stand for themselves but the quote, which is put between two such strings.
pub(crate) fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}
