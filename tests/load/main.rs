//! Many requests, many tenants, many authenticators: nothing is lost, nobody gets another's token, nothing stays behind.
//!
//! `just load` has fewer of everything, and CI runs that; `just load-whole` is all of it, optimised. `just soak` goes on for half an
//! hour.
//!
//! | module | what there is a lot of |
//! | --- | --- |
//! | [`in_process`] | requests, while tokens live for a second |
//! | [`loopback`] | requests over sockets of each front end, while tokens and keys are replaced |
//! | [`tenants`] | tenants behind one client |
//! | [`revocation`] | requests under way, when all tokens are revoked |
//! | [`crowd`] | authenticators, made and dropped |
//! | [`soak`] | time |
//! | [`issuer`], [`server`] | who issues tokens and knows whose each is, in this process and over sockets |
//! | [`listening`] | what is logged meanwhile |
//! | [`process`] | what this process holds: memory, descriptors, tasks |

#![expect(clippy::print_stdout, reason = "a tool talks to a person")]
#![allow(clippy::unwrap_used, reason = "a tool of the repository's own may stop at the first surprise")]

#[allow(dead_code, reason = "the proof's, too; this uses a part of it")]
#[path = "../counters/mod.rs"]
mod counters;
mod crowd;
#[allow(dead_code, unused_imports, reason = "the suite's; this uses a part of it")]
#[path = "../hunt/mod.rs"]
mod hunt;
mod in_process;
mod issuer;
mod listening;
mod loopback;
mod process;
mod revocation;
#[allow(dead_code, unused_imports, unused_macros, reason = "the suite's; this uses a part of it")]
#[path = "../rig/mod.rs"]
mod rig;
mod server;
mod soak;
mod tenants;

use std::process::ExitCode;

use counters::{front, ledger};
use front::Core;
use ledger::Ledger;
use rig::{Reqwest, Tower};

/// How much of it.
struct Amount {
    in_process: usize,
    loopback: usize,
    tenants: usize,
    in_flight: usize,
    authenticators: usize,
}

const WHOLE: Amount =
    Amount { in_process: 1_000_000, loopback: 200_000, tenants: 1000, in_flight: 1000, authenticators: 100_000 };

const SHORT: Amount = Amount { in_process: 50_000, loopback: 6000, tenants: 100, in_flight: 200, authenticators: 5000 };

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    listening::begin();
    let mut ledger = Ledger::default();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["whole"] => all(&WHOLE, &mut ledger).await,
        ["short"] => all(&SHORT, &mut ledger).await,
        ["soak", minutes] => ledger.add(soak::run(minutes.parse().expect("a number of minutes")).await),
        _ => panic!("the argument is whole, short, or soak and minutes"),
    }
    ledger.leaked.extend(listening::leaks([]));
    println!("\n{ledger}");
    if ledger.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn all(amount: &Amount, ledger: &mut Ledger) {
    // First, while there is nothing of others that could be taken for its own.
    ledger.add(crowd::run(amount.authenticators).await);
    ledger.add(in_process::run(amount.in_process).await);
    ledger.add(loopback::run::<Core>(amount.loopback).await);
    ledger.add(loopback::run::<Tower>(amount.loopback).await);
    ledger.add(loopback::run::<Reqwest>(amount.loopback).await);
    ledger.add(tenants::run::<Core>(amount.tenants).await);
    ledger.add(tenants::run::<Tower>(amount.tenants).await);
    ledger.add(tenants::run::<Reqwest>(amount.tenants).await);
    ledger.add(revocation::run::<Core>(amount.in_flight).await);
    ledger.add(revocation::run::<Tower>(amount.in_flight).await);
    ledger.add(revocation::run::<Reqwest>(amount.in_flight).await);
}
