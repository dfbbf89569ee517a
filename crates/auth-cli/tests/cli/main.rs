//! What `authctl` promises, each promise a file. Needs nothing but Rust; what needs other programs is a recipe.
//!
//! | file | promise |
//! | --- | --- |
//! | [`broker`] | short-lived tokens for a page of one origin with a session, and nothing for anybody else |
//! | [`cache`] | tokens are kept between commands, for their user alone; many commands at once make one exchange |
//! | [`canary`] | no secret on stderr, and on stdout only a token that was asked for; none in files, environments, arguments, metrics and answers |
//! | [`completions`] | a script for each shell |
//! | [`credential_helper`] | git, kubectl and AWS' SDKs get their answers in the form they ask for, and for their host alone |
//! | [`doctor`] | each check goes red by what it is about, and says how to mend it |
//! | [`documents`] | every command is in the README, and no other |
//! | [`emulator`] | the emulator as a server, its config, and a command that runs with it |
//! | [`exec`] | a program finds a token, is told of the next one, gets its signals once, and ends as it ends |
//! | [`exit_codes`] | what a script can tell from the exit code |
//! | [`export`] | a shell gets the token and what belongs to it, quoted |
//! | [`keys`] | Skyflow's API keys, as `pat` does |
//! | [`pat`] | Cape's personal access tokens: the token on stdout, its words on stderr, its table |
//! | [`sources`] | every place, which one is used, and why the others are not |
//! | [`proxy`] | every request through it is authenticated, streams, and goes to its upstream alone |
//! | [`token`] | a valid token on stdout and nothing else; what is wrong on stderr, with its exit code |
//! | [`unspoken`] | no secret of any system or source in what whoami, sources and doctor print |
//! | [`walkthrough`] | the README, as written |
//! | [`whoami`] | what the system says of the credential, or the token of itself |
//! | [`wording`] | errors are in words for people, where a parser or the system has others |

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

// One hunt for all: what is found in a log by the suite's canaries is found here.
#[allow(dead_code, unused_imports, reason = "its other ways in are the suite's")]
#[path = "../../../../tests/hunt/mod.rs"]
mod hunt;
// A home of its own for each test, and the program run in it.
mod rig;
// Which commands there are.
mod commands;

mod broker;
mod cache;
mod canary;
mod completions;
mod credential_helper;
mod doctor;
mod documents;
mod emulator;
mod exec;
mod exit_codes;
mod export;
mod keys;
mod pat;
mod proxy;
mod sources;
mod token;
mod unspoken;
#[cfg(unix)]
mod walkthrough;
mod whoami;
mod wording;
