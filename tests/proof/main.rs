//! Names everything that can go wrong, lets it go wrong over every front end, and counts.
//!
//! Run by `just proof`; with arguments it runs the scenarios whose names contain one of them. What must come of each stands in
//! `tests/data/scenarios.json`. It fails if something else came, or if one of three counters is not 0. With `--planted` it does
//! on purpose what each counter is there for, and fails if one of them does not count. The feature `tls` gives reqwest TLS.
//!
//! | module | idea |
//! | --- | --- |
//! | [`counters`] | the three ways to an API, and what is counted |
//! | [`scene`] | an emulator, an authenticator and a client of one front end, on a clock that is moved |
//! | [`tls`], [`http2`] | what stands in front of the emulator where TLS or HTTP/2 is what goes wrong |
//! | [`scenarios`] | what goes wrong, by name |
//! | [`program`] | this program once more, as a process of a scenario that is killed |
//! | [`expectation`] | what must come of it |
//! | [`overheard`] | every log line of the run |
//! | [`planted`] | the control run: all that is planted is found |
//! | [`run`], [`table`] | all of it at once, and what is printed |

#![expect(clippy::print_stdout, reason = "a tool talks to a person")]
#![allow(clippy::unwrap_used, reason = "a tool of the repository's own may stop at the first surprise")]

#[allow(dead_code, reason = "interop's, too; this uses a part of it")]
#[path = "../counters/mod.rs"]
mod counters;
mod expectation;
mod http2;
#[allow(dead_code, unused_imports, reason = "the suite's; this uses a part of it")]
#[path = "../hunt/mod.rs"]
mod hunt;
mod overheard;
mod planted;
#[cfg(target_os = "linux")]
mod program;
#[allow(dead_code, unused_imports, unused_macros, reason = "the suite's; this uses a part of it")]
#[path = "../rig/mod.rs"]
mod rig;
mod run;
mod scenarios;
mod scene;
mod table;
mod tls;

use std::process::ExitCode;

use counters::{front, ledger};

#[tokio::main]
async fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    #[cfg(target_os = "linux")]
    if let Some(role) = program::role(&wanted) {
        role.play().await;
        return ExitCode::SUCCESS;
    }
    overheard::begin();
    if wanted.first().is_some_and(|first| first == "--planted") {
        return if planted::all_are_found().await { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let ran = run::all(&wanted).await;
    if ran.rows.is_empty() {
        println!("no scenario has {} in its name", wanted.join(" or "));
        return ExitCode::FAILURE;
    }
    print!("{}", table::of(&ran));
    let ledger = ran.ledger();
    println!("\n{ledger}");
    if ran.is_as_expected() && ledger.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
