//! Rows for a person, or for `awk`.

use std::io::{self, IsTerminal};

use comfy_table::{ContentArrangement, Table};

/// The narrowest table that can still be read.
const NARROWEST: u16 = 40;

/// A table: with lines between, as wide as the terminal, where a person looks; else columns alone, each row one line however
/// long it is.
pub(crate) fn render<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.set_header(header).add_rows(rows);
    let width = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    match width {
        Some((terminal_size::Width(width), _)) => {
            table.load_style(comfy_table::presets::UTF8_FULL_CONDENSED);
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width.max(NARROWEST));
        }
        None => {
            table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
            table.column_iter_mut().for_each(|column| {
                column.set_padding((0, 2));
            });
        }
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}
