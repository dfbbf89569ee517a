//! Tables: rows for a person, or for `awk`.

use std::fmt::Display;
use std::io::{self, IsTerminal};

use comfy_table::{ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

use crate::terminal::printable;

/// The narrowest table that can still be read.
const NARROWEST: u16 = 40;

/// A table: with lines between, as wide as the terminal, where a person looks; else columns alone, each row one line however
/// long it is.
pub(crate) fn render<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.set_header(header).add_rows(rows.into_iter().map(|row| row.map(|cell| printable(&cell))));
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

/// Lines around it, between its columns, and below the header.
const STYLE: TableStyle = TableStyle::new()
    .top_border(LineStyle::new('┌', '─', '┬', '┐'))
    .header_lines(ContentLineStyle::new('│', '│', '│'))
    .header_separator(LineStyle::new('├', '─', '┼', '┤'))
    .content_lines(ContentLineStyle::new('│', '│', '│'))
    .bottom_border(LineStyle::new('└', '─', '┴', '┘'));

/// A table that is drawn with lines wherever it goes, without a line's end.
pub(crate) fn drawn<const N: usize>(
    header: [&'static str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> impl Display {
    let mut table = Table::new();
    table.load_style(STYLE).set_header(header);
    for row in rows {
        table.add_row(row.map(|cell| printable(&cell)));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_around_it_and_below_the_header_alone() {
        let rows = [["1".to_owned(), String::new()], ["2".to_owned(), "b".to_owned()]];
        let expected = "\
┌────┬──────┐
│ ID │ NAME │
├────┼──────┤
│ 1  │      │
│ 2  │ b    │
└────┴──────┘";
        assert_eq!(drawn(["ID", "NAME"], rows).to_string(), expected);
    }
}
