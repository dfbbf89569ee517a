//! The systems, each under a path of its own on the main origin.
//!
//! A handle such as [`Skyflow`] tells where its endpoints are and what they take; the endpoints share the emulator's
//! clock, its faults, its record of requests and its list of revoked tokens. A token of one system opens nothing at
//! another, but for IBM Cloud's, which are watsonx.ai's too.
//!
//! | handle | emulated | not emulated |
//! | --- | --- | --- |
//! | [`Ibm`] | IAM's grants `apikey`, `cr-token`, `assume`; a virtual server's metadata service | passcodes, delegated refresh, IAM policies |
//! | [`Watsonx`] | text generation and its checks, projects | models: the text follows from the input by a rule |
//! | [`Skyflow`] | bearer tokens for an assertion, with context and roles; API keys and their management; one table; gateway; detokenization of signed tokens | what roles allow, governance, tokenization |
//! | [`Cape`] | personal access tokens: create, list, delete, verify, outlive a restart; the handshake of `run` | attestation and encryption: `run` gives the input back |
//! | [`Podstack`] | whoami, projects, the registry's list | everything that costs money |
//! | [`Ivcap`] | services with paging, the container's sidecar, the CLI's device and refresh grants | orders, artifacts, aspects |
//! | [`OAuth`] | client credentials (Basic, post, `private_key_jwt`), JWT bearer, token exchange, refresh with rotation | authorization codes, introspection, DPoP |
//! | [`Remote`] | a backend that vends tokens for a session | |

pub(crate) mod cape;
mod handed_out;
pub(crate) mod ibm;
pub(crate) mod ivcap;
pub(crate) mod oauth;
pub(crate) mod paths;
pub(crate) mod podstack;
mod refresh_tokens;
pub(crate) mod remote;
mod replays;
mod routes;
pub(crate) mod skyflow;
mod state;
pub(crate) mod watsonx;

pub use self::cape::Cape;
pub use self::ibm::Ibm;
pub use self::ivcap::Ivcap;
pub use self::oauth::{OAuth, RegisteredKey, SigningAlgorithm};
pub use self::podstack::Podstack;
pub use self::remote::Remote;
pub use self::skyflow::Skyflow;
pub use self::watsonx::Watsonx;

pub(crate) use self::routes::{apis, token_endpoints};
pub(crate) use self::state::State;
