//! What other people's programs make of what `authctl` says. Not part of `cargo test`, which needs nothing but Rust: `just shells` and
//! `just git` install the programs, and fail without them.
//!
//! | file | what it needs |
//! | --- | --- |
//! | [`shells`] | bash, fish |
//! | [`git`] | git |

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

mod git;
mod hostile;
#[allow(dead_code, unused_imports, reason = "not all of it is needed here")]
#[path = "../../../../tests/hunt/mod.rs"]
mod hunt;
mod shells;

// The same home and the same way to run it as in the tests that need nothing.
#[path = "../cli/rig.rs"]
#[allow(dead_code, reason = "not all of it is needed here")]
mod rig;
