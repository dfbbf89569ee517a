//! The figures, for people: tables, a chart, and the page that holds them.

mod chart;
mod occasion;
mod page;
mod table;

use crate::hit::{Contender, Row};

pub use chart::{Bar, bars};
pub use occasion::occasion;
pub use page::Page;
pub use table::Table;

/// All that is measured.
pub(crate) struct Figures {
    pub(crate) hit: Vec<Row>,
    pub(crate) load: Vec<Section>,
    pub(crate) wire: Section,
}

/// A title and a table.
#[derive(Debug)]
pub struct Section {
    /// What is measured.
    pub title: &'static str,
    /// The figures.
    pub table: Table,
}

impl Figures {
    /// What a hit costs, in hits of `AddAuthorization`. reqwest's rows have another floor, and are left to the table.
    pub(crate) fn chart(&self) -> String {
        let rows = self.hit.iter().filter(|row| row.contender.floor() == Contender::Static);
        let lines: Vec<_> = rows
            .map(|row| Bar { label: row.contender.label(), value: row.ratio, is_ours: row.contender.is_ours() })
            .collect();
        bars("A hit, in hits of tower-http AddAuthorization (less is better)", &lines, "")
    }

    pub(crate) fn markdown(&self) -> String {
        let hit = Section { title: "A hit", table: Row::table(&self.hit) };
        let sections: Vec<String> =
            [&hit].into_iter().chain(&self.load).chain([&self.wire]).map(Section::markdown).collect();
        sections.join("\n")
    }
}

impl Section {
    /// The title as a heading, and the table.
    pub fn markdown(&self) -> String {
        format!("### {}\n\n{}", self.title, self.table)
    }
}
