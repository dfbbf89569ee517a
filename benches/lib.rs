//! What a cached token costs, and what callers see while tokens are replaced.
//!
//! `docs/PERFORMANCE.md` says what is measured and how to read it; `just bench` writes its figures. `just cost` is the gate
//! that CI runs. Timings are taken in a loop of our own: contenders take turns within one process, in rounds, because the
//! machine drifts by more than what is measured. criterion and divan finish one contender before they start the next.

#![expect(clippy::print_stdout, reason = "a bench talks to a person")]

mod args;
mod cost;
mod extent;
mod hit;
mod load;
mod report;
pub mod rounds;
mod wire;

use std::path::Path;

use args::Command;
use hit::{Contender, instructions};
use report::Figures;

pub use extent::Extent;
pub use hit::{Api, Body, NoOp, ORIGIN, ReqwestApi, ReqwestNoOp, print_allocations, request};
pub use report::{Bar, Page, Section, Table, bars, occasion};
pub use wire::{Server, Stop, cpu_used, serve};

/// What everything here fails with: a sentence for a person.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Does what the arguments say. `allocations` is the binary that counts allocations.
///
/// # Errors
/// What went wrong: a tool is missing, a contender sent something else than it should, or the gate is shut.
pub fn run(allocations: &Path, args: impl Iterator<Item = String>) -> Result<(), Error> {
    match Command::parse(args)? {
        Command::All(extent) => all(allocations, extent),
        Command::EndToEnd => {
            println!("{}", wire::measure(Extent::Full)?.markdown());
            Ok(())
        }
        Command::Cost { record } => cost::gate(allocations, record),
        Command::Count { contender, hits } => instructions::count(contender, hits),
        Command::Serve => serve(),
    }
}

fn all(allocations: &Path, extent: Extent) -> Result<(), Error> {
    let figures =
        Figures { hit: hit::measure(allocations, extent)?, load: load::measure(extent)?, wire: wire::measure(extent)? };
    println!("{}", figures.markdown());
    if extent == Extent::Full {
        let page = Page::performance("figures")?;
        page.write(&format!("{}\n\n![chart](performance.svg)\n\n{}", occasion()?, figures.markdown()))?;
        page.write_beside("performance.svg", &figures.chart())?;
        println!("written: {page}");
    } else {
        println!("quick: too short to be believed, so nothing was written");
    }
    Ok(())
}
