//! What `authctl` promises, each promise a file. Needs nothing but Rust; what needs other programs is a recipe.
//!
//! | file | promise |
//! | --- | --- |
//! | [`cache`] | tokens are kept between commands, for their user alone; many commands at once make one exchange |
//! | [`credential_helper`] | git, kubectl and AWS' SDKs get their answers in the form they ask for, and for their host alone |
//! | [`exec`] | a program finds a token, is told of the next one, gets its signals once, and ends as it ends |
//! | [`export`] | a shell gets the token and what belongs to it, quoted |
//! | [`canary`] | no secret on stderr, and on stdout only a token that was asked for |
//! | [`completions`] | a script for each shell |
//! | [`documents`] | every command is in the README, and no other |
//! | [`exit_codes`] | what a script can tell from the exit code |
//! | [`pat`] | Cape's personal access tokens: the token on stdout, its words on stderr, its table |
//! | [`keys`] | Skyflow's API keys, likewise |
//! | [`emulator`] | the emulator as a server, its config, and a command that runs with it |
//! | [`token`] | a valid token on stdout and nothing else; what is wrong on stderr, with its exit code |
//! | [`walkthrough`] | the README, as written |

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

mod emulator;
mod keys;
mod pat;
// A home of its own for each test, and the program run in it.
mod rig;
// Which commands there are.
mod commands;

mod cache;
mod canary;
mod completions;
mod credential_helper;
mod documents;
mod exec;
mod exit_codes;
mod export;
mod token;
#[cfg(unix)]
mod walkthrough;
