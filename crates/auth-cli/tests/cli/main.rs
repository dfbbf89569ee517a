//! What `authctl` promises, each promise a file. Needs nothing but Rust; what needs other programs is a recipe.
//!
//! | file | promise |
//! | --- | --- |
//! | [`cache`] | tokens are kept between commands, for their user alone; many commands at once make one exchange |
//! | [`exit_codes`] | what a script can tell from the exit code |
//! | [`token`] | a valid token on stdout and nothing else; what is wrong on stderr, with its exit code |

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

mod cache;
mod exit_codes;
// A home of its own for each test, and the program run in it.
mod rig;
mod token;
