//! What `authctl` promises, each promise a file. Needs nothing but Rust; what needs other programs is a recipe.
//!
//! | file | promise |
//! | --- | --- |
//! | [`canary`] | no secret on stderr, and on stdout only a token that was asked for |
//! | [`completions`] | a script for each shell |
//! | [`documents`] | every command is in the README, and no other |
//! | [`proxy`] | every request through it is authenticated, streams, and goes to its upstream alone |
//! | [`token`] | a valid token on stdout and nothing else; what is wrong on stderr, with its exit code |
//! | [`walkthrough`] | the README, as written |

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

// A home of its own for each test, and the program run in it.
mod rig;
// Which commands there are.
mod commands;

mod canary;
mod completions;
mod documents;
mod proxy;
mod token;
#[cfg(unix)]
mod walkthrough;
