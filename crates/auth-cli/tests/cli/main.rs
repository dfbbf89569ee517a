//! What `authctl` promises, each promise a file. Needs nothing but Rust; what needs other programs is a recipe.
//!
//! | file | promise |
//! | --- | --- |
//! | [`canary`] | no secret on stderr, and on stdout only a token that was asked for |
//! | [`completions`] | a script for each shell |
//! | [`doctor`] | each check goes red by what it is about, and says how to mend it |
//! | [`documents`] | every command is in the README, and no other |
//! | [`sources`] | every place, which one is used, and why the others are not |
//! | [`token`] | a valid token on stdout and nothing else; what is wrong on stderr, with its exit code |
//! | [`unspoken`] | no secret of any system or source in what whoami, sources and doctor print |
//! | [`walkthrough`] | the README, as written |
//! | [`whoami`] | what the system says of the credential, or the token of itself |

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

// A home of its own for each test, and the program run in it.
mod rig;
// Which commands there are.
mod commands;

mod canary;
mod completions;
mod doctor;
mod documents;
mod sources;
mod token;
mod unspoken;
#[cfg(unix)]
mod walkthrough;
mod whoami;
