//! The scenarios as a table: a line each, a column for each front end.

use std::fmt::Write;

use crate::expectation::folded;
use crate::run::{Cell, Ran};
use crate::scenarios;
use crate::scene::Seen;

const WIDTH: usize = 34;

pub(crate) fn of(ran: &Ran) -> String {
    let mut text = format!("{:WIDTH$} {:WIDTH$} {:WIDTH$} {:WIDTH$} at most\n", "scenario", "core", "reqwest", "tower");
    for row in &ran.rows {
        let cells: String = row.cells.iter().map(|cell| format!(" {:WIDTH$}", of_cell(cell))).collect();
        writeln!(text, "{:WIDTH$}{cells} {} s", row.name, row.within).unwrap();
        for cell in row.cells.iter().filter(|cell| !cell.differences.is_empty()) {
            writeln!(text, "    {}: {}", row.given, cell.differences.join("; ")).unwrap();
        }
    }
    for group in scenarios::ELSEWHERE {
        writeln!(text, "{group}...: not on this system").unwrap();
    }
    for stranger in &ran.strangers {
        writeln!(text, "{stranger}").unwrap();
    }
    let cells = || ran.rows.iter().flat_map(|row| &row.cells);
    let left_out = cells().filter(|cell| cell.seen.as_ref().is_some_and(|seen| seen.left_out.is_some())).count();
    let good = cells().filter(|cell| cell.differences.is_empty()).count() - left_out;
    let requests: usize = cells().filter_map(|cell| Some(cell.seen.as_ref()?.outcomes.len())).sum();
    writeln!(
        text,
        "\n{} scenarios, {good} of {} runs as expected, {left_out} left out, {requests} outcomes, {} log lines",
        ran.rows.len(),
        cells().count() - left_out,
        ran.lines
    )
    .unwrap();
    text
}

fn of_cell(cell: &Cell) -> String {
    let mark = if cell.differences.is_empty() { "" } else { "WRONG " };
    match &cell.seen {
        Some(Seen { left_out: Some(why), .. }) => format!("left out: {why}"),
        Some(seen) => {
            format!(
                "{mark}{}; {} tok, {:.1} s",
                folded(&seen.outcomes).join(", "),
                seen.fetches,
                seen.took.as_secs_f64()
            )
        }
        None => format!("{mark}{}: no end", cell.front),
    }
}
