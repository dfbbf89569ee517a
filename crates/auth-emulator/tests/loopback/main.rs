//! The emulator as a client sees it, over real sockets.
//!
//! | file | promise |
//! | --- | --- |
//! | `tokens` | the token endpoint answers as IBM Cloud IAM does, and refuses as it does |
//! | `api` | the API verifies for real: signature, lifetime, audience, revocation |
//! | `ibm`, `watsonx` | IAM's other grants, the metadata service, text generation |
//! | `skyflow`, `skyflow_keys` | assertions, vault, gateway; accounts and API keys |
//! | `cape`, `cape_run` | personal access tokens, also over a restart; the handshake of `run` |
//! | `podstack`, `ivcap` | what each takes and refuses, in its own words |
//! | `oauth`, `remote` | the grants of an authorization server, and a backend that vends tokens |
//! | `faults` | each fault is seen by a client as what it says it is |
//! | `wire` | what is on a connection is what was said, byte for byte |
//! | `scenarios` | each has a name, and goes wrong where it says |
//! | `flaws` | each flaw is in the answer, and nothing else is |
//! | `control` | all of it over HTTP, for tests in other languages, and not for web pages |
//! | `recording` | every request is there, in order, with what became of it |
//! | `secrecy` | `Debug` of nothing public prints a secret |
//! | `lifecycle` | it starts on a runtime, and dropping it ends everything |

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise, and so may what tests are made of")]

mod api;
mod assertion;
mod cape;
mod cape_run;
mod client;
mod control;
mod faults;
mod flaws;
mod ibm;
mod ivcap;
mod lifecycle;
mod oauth;
mod podstack;
mod recording;
mod remote;
mod scenarios;
mod secrecy;
mod skyflow;
mod skyflow_keys;
mod tokens;
mod watsonx;
mod websocket;
mod wire;
