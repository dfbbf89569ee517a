//! The emulator as a client sees it, over real sockets.
//!
//! | file | promise |
//! | --- | --- |
//! | `tokens` | the token endpoint answers as IBM Cloud IAM does, and refuses as it does |
//! | `api` | the API verifies for real: signature, lifetime, audience, revocation |
//! | `faults` | each fault is seen by a client as what it says it is |
//! | `flaws` | each flaw is in the answer, and nothing else is |
//! | `recording` | every request is there, in order, with what became of it |
//! | `secrecy` | `Debug` of nothing public prints a secret |
//! | `lifecycle` | it starts on a runtime, and dropping it ends everything |

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise, and so may what tests are made of")]

mod api;
mod client;
mod faults;
mod flaws;
mod lifecycle;
mod recording;
mod secrecy;
mod tokens;
