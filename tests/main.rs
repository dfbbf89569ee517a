//! What the workspace promises, each promise a file.
//!
//! | file | promise |
//! | --- | --- |
//! | [`allocation`] | a hit costs what a static header costs |
//! | [`adapter`] | whatever the HTTP client: nothing goes where or when it must not, and nothing is sent by halves |
//! | [`tower`] | the layer works in every Tower stack |
//! | [`reqwest`] | the middleware works with reqwest's redirects, retries, bodies and errors |
//! | [`broker`] | a page of a declared origin with a session gets a token that ends soon, and nobody else gets any |
//! | [`canary`] | a canary in every secret shows in no `Debug`, `Display`, error or log, of no public type, nor anywhere else |
//! | [`engine`] | whatever callers do or suffer: one fetch, nobody hangs, no token is lost |
//! | [`exec`] | a helper program gets what it is given and nothing else, and nothing of it is left |
//! | [`chain`] | a chain goes on where nothing is configured and nowhere else, and says why |
//! | [`sources`] | a source asks in the words that it was given, and assumes what it was told to |
//! | [`systems`] | the five systems work whole over every adapter, and fail with a word about what to change |
//! | [`testing`] | what is checked of a user's source: ours keep it, and a bad one is found out by the name of what it breaks |
//! | [`wire`] | token requests are those that the systems' own clients send |
//! | [`reference`] | every variable that is looked up is in docs/reference/environment.md |
//! | [`corpus`] | hostile inputs give their answers, through every public parser |
//! | [`conformance`] | timing and behaviour are those of `data/cases/*.json`, row by row |

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

mod adapter;
mod allocation;
mod broker;
// The table of every public type, and the hunt for pieces of secrets.
mod canary;
mod chain;
mod conformance;
mod corpus;
mod engine;
#[cfg(unix)]
mod exec;
// How a piece of a secret is found, whatever it is dressed up as.
mod hunt;
mod reference;
mod reqwest;
// Both adapters behind one trait, and what is below and around them.
mod rig;
mod sources;
mod systems;
mod testing;
mod tower;
mod wire;
