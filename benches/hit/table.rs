//! The figures of a hit, for people.

use super::contender::Contender;
use super::tasks::TASKS;
use crate::report::Table;

/// One contender's figures.
pub(crate) struct Row {
    pub(crate) contender: Contender,
    pub(crate) nanos: f64,
    /// To the floor's nanoseconds.
    pub(crate) ratio: f64,
    pub(crate) allocations: u64,
    pub(crate) instructions: f64,
    /// Hits a second, in millions, for each of `TASKS`.
    pub(crate) millions: [f64; TASKS.len()],
}

impl Row {
    pub(crate) fn table(rows: &[Self]) -> Table {
        let mut head = ["contender", "ns", "ratio", "allocations", "instructions"].map(str::to_owned).to_vec();
        head.extend(TASKS.map(|tasks| if tasks == 1 { "1 task, M/s".to_owned() } else { format!("{tasks} tasks") }));
        let mut table = Table::new(head);
        for row in rows {
            let mut cells = vec![
                row.contender.label().to_owned(),
                format!("{:.0}", row.nanos),
                format!("{:.2}", row.ratio),
                row.allocations.to_string(),
                format!("{:.0}", row.instructions),
            ];
            cells.extend(row.millions.map(|millions| format!("{millions:.1}")));
            table.row(cells);
        }
        table
    }
}
