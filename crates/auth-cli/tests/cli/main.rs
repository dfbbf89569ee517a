//! What `authctl` promises, each promise a file. Needs nothing but Rust; what needs other programs is a recipe.
//!
//! | file | promise |
//! | --- | --- |
//! | [`pat`] | Cape's personal access tokens: the token on stdout, its words on stderr, its table |
//! | [`keys`] | Skyflow's API keys, likewise |
//! | [`emulator`] | the emulator as a server, its config, and a command that runs with it |
//! | [`token`] | a valid token on stdout and nothing else; what is wrong on stderr, with its exit code |

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

mod emulator;
mod keys;
mod pat;
// A home of its own for each test, and the program run in it.
mod rig;
mod token;
