//! What `authctl` promises, each promise a file. Needs nothing but Rust; what needs other programs is a recipe.
//!
//! | file | promise |
//! | --- | --- |
//! | [`exec`] | a program finds a token, is told of the next one, gets its signals once, and ends as it ends |
//! | [`token`] | a valid token on stdout and nothing else; what is wrong on stderr, with its exit code |
//! | [`walkthrough`] | the README, as written |

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

// A home of its own for each test, and the program run in it.
mod exec;
mod rig;
mod token;
#[cfg(unix)]
mod walkthrough;
