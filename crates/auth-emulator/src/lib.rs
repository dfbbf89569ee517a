//! Token endpoints and a protected API on loopback, with faults on demand, for tests of programs that authenticate.
//!
//! Point the program under test at [`Emulator::token_url`] and [`Emulator::api_url`], let it work, then ask what arrived.
//! Tokens are real: signed RS256 JWTs that the API verifies, with a lifetime and a revocation list. A fault is queued
//! before the request that shall meet it, so that a test never has to guess when something happens.
//!
//! Not for anything but tests: it speaks plain HTTP/1.1 on 127.0.0.1, keeps every request in memory, bodies and secrets
//! included, and its key lives as long as the process.
//!
//! The guides are in `docs/guides` in the repository: `testing.md` is about tests with this crate.
//!
//! # In two minutes
//!
//! **Start** it in the test, on two ports of its own. It ends when it is dropped.
//!
//! **Queue** what shall go wrong, before the requests that shall meet it: a [`Fault`] happens to a request, at either endpoint;
//! a [`Flaw`] is inside a token answer that looks like success. A [`Plan`] is a queue of either, and what stands behind it.
//!
//! **Hold** an endpoint with a [`Gate`], and look at the program while it waits.
//!
//! **Emulate a system** with its handle, such as [`Emulator::skyflow`]: it tells where the endpoints are, and gives the
//! credentials they take. Faults, clock, revocation and record are the same for all; [`systems`] says what is emulated
//! and what is not.
//!
//! **Ask** what arrived: every [`RecordedRequest`], in order, raw; and whether a secret went to the
//! [other origin](Emulator::other_origin).
//!
//! ```
//! use auth_emulator::{Answer, Emulator, StatusCode};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let emulator = Emulator::start().await?;
//! println!("POST {} with the key {}", emulator.token_url(), Emulator::API_KEY);
//! println!("GET  {}/v1/things with the token", emulator.api_url());
//!
//! // The next token request meets an outage; the one after it is answered as usual.
//! emulator.token_faults().once(Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(2));
//!
//! // A token from no endpoint at all, for programs that are handed theirs.
//! let token = emulator.issue_token();
//! assert!(emulator.verify(&token).is_ok());
//!
//! // Its end without waiting for it (an hour, rounded up to a whole second), or a revocation.
//! emulator.advance(std::time::Duration::from_secs(3601));
//! assert!(emulator.verify(&token).is_err());
//! emulator.revoke_all();
//!
//! assert_eq!(emulator.token_requests().len(), 0);
//! assert!(emulator.other_requests().is_empty(), "nothing was sent to another origin");
//! # Ok(())
//! # }
//! ```
//!
//! | you want | call |
//! | --- | --- |
//! | an endpoint that is down, slow, frozen, cut off, a login page | [`Emulator::token_faults`], [`Emulator::api_faults`] |
//! | an answer with a wrong `expires_in`, no token, the same token again | [`Emulator::token_flaws`] |
//! | bytes that drip, have no end or are no HTTP; a reset at any moment | [`Wire`], [`Emulator::connection_faults`] |
//! | all that can go wrong, by name | [`Scenario::all`] |
//! | a port where nobody listens | [`ClosedPort`] |
//! | a rotation of keys, or a lock-out | [`Emulator::set_api_keys`] |
//! | tokens that expire now | [`Emulator::advance`], [`Builder::with_token_lifetime`] |
//! | tokens that are revoked | [`Emulator::revoke_all`], [`Emulator::revoke`] |
//! | IBM Cloud, watsonx.ai, Skyflow, Cape, Podstack, IVCAP | [`Emulator::ibm`] and so on |
//! | OAuth's grants, client assertions, refresh tokens | [`Emulator::oauth`] |
//! | a backend that vends tokens | [`Emulator::remote`] |
//! | all of this from another language | [`Builder::with_control`] |
//! | endpoints and credentials of all systems, as data | [`Emulator::accounts`] |
//! | to wait until something has arrived | [`Emulator::wait_for_token_requests`], [`Emulator::wait_for_api_requests`] |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod answer;
mod authorize;
mod builder;
mod claims;
mod client;
mod clock;
mod closed_port;
mod connection;
mod control;
mod emulator;
mod fault;
mod flaw;
#[cfg(test)]
mod forgeries;
mod form;
mod gate;
mod handles;
mod iam_error;
mod inject;
mod issuer;
mod listener;
mod other_origin;
mod plan;
mod protected_api;
mod public_key;
mod random;
mod realm;
mod record;
mod recorded_request;
mod recording;
mod redaction;
mod rejection;
mod router;
mod rules;
mod scenario;
mod sent;
mod shared;
mod signing_key;
pub mod systems;
mod token_endpoint;
mod unique_members;
mod vend;
mod verifier;
mod wire;

/// The code of this crate's README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use crate::account::Account;
pub use crate::answer::Answer;
pub use crate::builder::Builder;
pub use crate::claims::Claims;
pub use crate::closed_port::ClosedPort;
pub use crate::emulator::Emulator;
pub use crate::fault::Fault;
pub use crate::flaw::Flaw;
pub use crate::gate::Gate;
pub use crate::plan::Plan;
pub use crate::public_key::UnfitKey;
pub use crate::recorded_request::{Origin, RecordedRequest};
pub use crate::rejection::Rejection;
pub use crate::scenario::Scenario;
pub use crate::wire::Wire;
pub use http::StatusCode;
