//! What `authctl` promises, each promise a file. Needs nothing but Rust; what needs other programs is a recipe.
//!
//! | file | promise |
//! | --- | --- |
//! | [`cache`] | tokens are kept between commands, for their user alone; many commands at once make one exchange |
//! | [`canary`] | no secret on stderr, and on stdout only a token that was asked for |
//! | [`completions`] | a script for each shell |
//! | [`doctor`] | each check goes red by what it is about, and says how to mend it |
//! | [`documents`] | every command is in the README, and no other |
//! | [`emulator`] | the emulator as a server, its config, and a command that runs with it |
//! | [`exit_codes`] | what a script can tell from the exit code |
//! | [`keys`] | Skyflow's API keys, as `pat` does |
//! | [`pat`] | Cape's personal access tokens: the token on stdout, its words on stderr, its table |
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

mod cache;
mod canary;
mod completions;
mod doctor;
mod documents;
mod emulator;
mod exit_codes;
mod keys;
mod pat;
mod sources;
mod token;
mod unspoken;
#[cfg(unix)]
mod walkthrough;
mod whoami;
