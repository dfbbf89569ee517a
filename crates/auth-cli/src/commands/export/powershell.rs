//! Quoting for PowerShell (about_Quoting_Rules).

/// What it takes for a single quote, typographic ones included.
const QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];

/// In single quotes nothing is special but the quote, which is doubled.
pub(super) fn quoted(value: &str) -> String {
    let mut text = String::from("'");
    for c in value.chars() {
        text.push(c);
        if QUOTES.contains(&c) {
            text.push(c);
        }
    }
    text.push('\'');
    text
}
