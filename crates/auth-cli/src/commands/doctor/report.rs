//! The checks for a person, or for a program.

use clap::builder::styling::{AnsiColor, Style};
use serde_json::Value;

use super::check::{Check, Status};

/// How far the text below a check is indented.
const MARGIN: &str = "            ";

/// A line or a few for each check, and one for all.
pub(super) fn text(checks: &[Check]) -> String {
    let longest = checks.iter().map(|check| check.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (at, check) in checks.iter().enumerate() {
        let style = style(check.status);
        let (number, status, id, summary) = (at + 1, check.status.name(), check.id, check.summary(checks));
        text += &format!("{number:>2} {style}{status:<7}{style:#}  {id:<longest$}  {summary}\n");
        check.details.iter().for_each(|detail| text += &format!("{MARGIN}{detail}\n"));
        check.fix.iter().for_each(|fix| text += &format!("{MARGIN}fix: {fix}\n"));
    }
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let [ok, warn, fail, skipped] = [Status::Ok, Status::Warn, Status::Fail, Status::Skipped].map(count);
    text + &format!("{ok} ok, {warn} warn, {fail} fail, {skipped} skipped\n")
}

/// An array, in the same order.
pub(super) fn json(checks: &[Check]) -> Value {
    checks.iter().map(|check| check.json(checks)).collect()
}

fn style(status: Status) -> Style {
    match status {
        Status::Ok => AnsiColor::Green.on_default(),
        Status::Warn => AnsiColor::Yellow.on_default().bold(),
        Status::Fail => AnsiColor::Red.on_default().bold(),
        Status::Skipped => Style::new().dimmed(),
    }
}
