//! What the workspace promises, each promise a file.
//!
//! | file | promise |
//! | --- | --- |
//! | [`allocation`] | a hit costs what a static header costs |
//! | [`engine`] | whatever callers do or suffer: one fetch, nobody hangs, no token is lost |
//! | [`wire`] | token requests are those that the systems' own clients send |
//! | [`conformance`] | timing and behaviour are those of `data/cases/*.json`, row by row |

mod allocation;
mod conformance;
mod engine;
mod wire;
