//! The figures, for people: tables, a chart, and the page that holds them.

mod chart;
mod page;
mod table;

use crate::hit::Row;

pub(crate) use page::Page;
pub(crate) use table::Table;

/// All that is measured.
pub(crate) struct Figures {
    pub(crate) hit: Vec<Row>,
    pub(crate) load: Vec<Section>,
    pub(crate) wire: Section,
}

/// A title and a table.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) table: Table,
}

impl Figures {
    pub(crate) fn markdown(&self) -> String {
        let hit = Section { title: "A hit", table: Row::table(&self.hit) };
        let sections: Vec<String> =
            [&hit].into_iter().chain(&self.load).chain([&self.wire]).map(Section::markdown).collect();
        sections.join("\n")
    }
}

impl Section {
    pub(crate) fn markdown(&self) -> String {
        format!("### {}\n\n{}", self.title, self.table)
    }
}
