//! Quoting for fish ("Quotes" in its language page).

/// In single quotes a backslash escapes itself and the quote, and nothing else is special.
pub(super) fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}
