//! What others cost at the same work, in one process with ours: `just bench-peers`.
//!
//! `docs/PERFORMANCE.md` says what is measured and how to read it. Each file of `contenders` is one of them, each of
//! `measures` one of the questions, and `targets` is what has to hold. Contenders take turns in rounds, because the machine
//! drifts by more than what is measured: only what stands in one run can be compared.

mod args;
mod arrivals;
mod client;
mod contender;
mod contenders;
mod issuer;
mod measures;
mod report;
mod stand;
mod targets;

use std::process::ExitCode;

use args::Command;

/// What everything here fails with: a sentence for a person.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Counts what a closure allocates.
pub type Count = fn(&mut dyn FnMut()) -> u64;

/// Does what the arguments say. With `count`, counts allocations instead.
pub fn main(count: Option<Count>) -> ExitCode {
    let result = Command::parse(std::env::args().skip(1)).and_then(|command| match (command, count) {
        (Command::Exec { url }, _) => contenders::kube::plugin(&url),
        (Command::Serve, _) => auth_benches::serve(),
        (_, Some(count)) => measures::allocations::print(count),
        (Command::All(extent), None) => measures::all(extent),
        (Command::Weight, None) => measures::weight::measure(),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
