//! The gate: a hit must not become dearer, and never much dearer than a static header.
//!
//! It counts instructions and allocations, which are the same in every run; nanoseconds wander by a quarter. What is
//! compared are ratios to `AddAuthorization`, counted in the same run: compilers, allocators and processors differ from
//! machine to machine, and most of that cancels out. The counts themselves are written down for people.

mod judge;
mod record;

use std::path::Path;
use std::process::Command;

use crate::Error;
use crate::hit::{Allocations, Contender, instructions};
use judge::judge;
use record::{Cost, Record};

/// One of ours, and what it is measured by.
struct Gated {
    contender: Contender,
    /// A static header, used in the same way.
    against: Contender,
    /// The most that its instructions may be in those of `against`, whatever is written down.
    limit: Option<f64>,
    /// Whether it may copy the request's head, to send it again.
    copies: bool,
}

/// A third of a static header's cost: about what a look at a token that can change takes (a pointer, two clocks, the origin).
const LIMIT: f64 = 1.35;

const GATED: [Gated; 4] = [
    Gated { contender: Contender::Ours, against: Contender::Static, limit: Some(LIMIT), copies: false },
    Gated { contender: Contender::OursCloned, against: Contender::StaticCloned, limit: None, copies: false },
    Gated { contender: Contender::Replay, against: Contender::Static, limit: None, copies: true },
    Gated { contender: Contender::ReplayCloned, against: Contender::StaticCloned, limit: None, copies: true },
];

/// Measures and compares; with `record`, writes down what it measured first. The limits hold either way.
pub(crate) fn gate(allocations: &Path, record: bool) -> Result<(), Error> {
    let now = measure(allocations)?;
    if record {
        now.write()?;
    }
    let faults = judge(&now, &Record::read()?)?;
    println!("{}", now.table()?);
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!("a hit costs too much:\n  {}\n{ADVICE}", faults.join("\n  ")).into())
}

const ADVICE: &str = "See where the instructions go with callgrind (docs/PERFORMANCE.md says how). If the cost is meant, or \
                      fell, write it down with `cargo bench -p auth-benches -- cost --record` and say why in the commit; the limits stay.";

fn measure(allocations: &Path) -> Result<Record, Error> {
    let allocations = Allocations::count(allocations)?;
    let mut now = Record::new(rustc()?, allocations.of_copy()?);
    for contender in GATED.iter().flat_map(|gated| [gated.against, gated.contender]) {
        if !now.knows(contender) {
            let instructions = instructions::per_hit(contender)?;
            now.add(contender, Cost { instructions, allocations: allocations.of(contender)? });
        }
    }
    Ok(now)
}

/// The compiler, as it names itself: `rustc 1.95.0 (...)`.
pub(crate) fn rustc() -> Result<String, Error> {
    let output = Command::new("rustc").arg("--version").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
