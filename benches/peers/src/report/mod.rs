//! The figures, for people: tables, a chart, and the page that holds them.

mod chart;
mod tables;

use auth_benches::{Page, Section, occasion};

use crate::Error;
use crate::args::Extent;
use crate::contender::{Contender, Shape};
use crate::issuer::CANARY;
use crate::measures::{end_to_end, failing, herd, hit, steady};

/// All that is measured.
pub(crate) struct Figures {
    pub(crate) contenders: Vec<Contender>,
    pub(crate) hit: Vec<hit::Row>,
    pub(crate) herd: Vec<herd::Row>,
    pub(crate) steady: Vec<steady::Row>,
    pub(crate) failing: Vec<failing::Row>,
    pub(crate) wire: Vec<end_to_end::Row>,
}

impl Figures {
    fn sections(&self) -> Vec<Section> {
        vec![
            tables::who(self),
            tables::hit(self, Shape::Value, "A hit: a value that the program puts on its request"),
            tables::hit(self, Shape::Layer, "A hit: a Tower layer"),
            tables::hit(self, Shape::Middleware, "A hit: behind reqwest-middleware"),
            tables::herd(self),
            tables::steady(self),
            tables::failing(self),
            tables::wire(self),
        ]
    }
}

/// Prints them, and writes those that count where they are shown.
pub(crate) fn publish(figures: &Figures, extent: Extent) -> Result<(), Error> {
    let tables: Vec<String> = figures.sections().iter().map(Section::markdown).collect();
    let text = format!("{}\n\n![chart](peers.svg)\n\n{}", occasion()?, tables.join("\n"));
    if text.contains(CANARY) {
        return Err("a secret stands in the figures".into());
    }
    println!("{text}");
    if extent == Extent::Quick {
        println!("quick: too short to be believed, so nothing was held against anything or written");
        return Ok(());
    }
    let page = Page::performance("peers")?;
    page.write(&text)?;
    page.write_beside("peers.svg", &chart::svg(figures, &occasion()?))?;
    println!("written: {page}");
    Ok(())
}
