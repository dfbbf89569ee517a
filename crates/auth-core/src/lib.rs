//! Tokens and the rules about them: fetching, keeping, refreshing and attaching credentials, without an HTTP client.
//!
//! An [`Authenticator`] is made of a [`TokenSource`] (where tokens come from) and the origins its tokens may go to. An adapter
//! such as `auth-tower` puts it under every request of a client.
//!
//! Not a client: it sends nothing but what a source asks a [`Transport`] to send.
//!
//! The guides are in `docs/guides` in the repository: `custom-source.md`, `custom-system.md`, `profiles.md`,
//! `refresh.md`, `errors.md` and `testing.md` are about this crate, and `systems/` has one for users of each vendor's SDK.
//!
//! # In two minutes
//!
//! **A source** is where tokens come from. One of those below, or your own, which fetches and never remembers:
//!
//! ```
//! use auth_core::{async_trait, Error, FetchContext, Token, TokenSource};
//! use std::time::Duration;
//!
//! struct Vault;
//!
//! #[async_trait]
//! impl TokenSource for Vault {
//!     async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
//!         Ok(Token::bearer("from wherever you like").expires_in(Duration::from_secs(600)))
//!     }
//! }
//! # fn proof(_: &dyn TokenSource) {} proof(&Vault);
//! ```
//!
//! **An authenticator** keeps its token usable. Where the token may go has to be said; all else has defaults ([`Policy`]).
//! It is cheap to clone, and clones share the token. Adapters accept nothing else.
//!
//! ```
//! # fn main() -> Result<(), auth_core::Error> {
//! use auth_core::{Authenticator, sources::StaticToken};
//!
//! let auth = Authenticator::builder(StaticToken::new("my-token")?).for_origins(["https://api.example.com"]).build()?;
//! # let _ = auth;
//! # Ok(())
//! # }
//! ```
//!
//! **It attaches**: an adapter calls [`attach`](Authenticator::attach) for every request. A program that needs the bare token
//! calls [`token`](Authenticator::token), and waits only if there is no valid one. A refresh is made beside the callers, ahead
//! of the end; a 401 forces one ([`adapter`] is the protocol).
//!
//! **[`Status`]** says what is there, [`Event`] what happens, [`Error`] what to do about it, and [`Outcome`] what became of a
//! request. None of them holds a secret.
//!
//! **A test** needs no time. On a [fake clock](runtime) (feature `test-util`) ten minutes pass at once:
//!
#![cfg_attr(feature = "test-util", doc = "```")]
#![cfg_attr(not(feature = "test-util"), doc = "```text")]
//! use auth_core::{Authenticator, Error, Reason, Stage, Token, runtime::FakeRuntime, source_fn};
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), Error> {
//! let source = source_fn(|cx| async move {
//!     let token = if cx.reason() == Reason::First { "one" } else { "two" };
//!     Ok(Token::bearer(token).expires_in(Duration::from_secs(600)))
//! });
//! let clock = FakeRuntime::new();
//! let auth = Authenticator::builder(source).anywhere().runtime(clock.clone()).build()?;
//!
//! clock.block_on(auth.warm_up())?;
//! clock.advance(Duration::from_secs(450));
//! assert_eq!(auth.status().stage(), Stage::Soft, "a refresh is due, and the token serves");
//! assert_eq!(clock.block_on(auth.token(Duration::ZERO))?.generation(), 1, "so this caller does not wait for it");
//! clock.run_until_idle();
//! assert_eq!(auth.status().generation(), Some(2), "the refresh that it started");
//! # Ok(())
//! # }
//! ```
//!
//! # Sources
//!
//! | you have | use |
//! | --- | --- |
//! | a token, or an API key sent as it is | [`sources::StaticToken`] |
//! | a token in a variable or a rotated file | [`sources::EnvToken`], [`sources::FileToken`] |
//! | an API key to exchange for tokens | [`sources::ApiKey`] |
//! | a client id with a secret, or with a key | [`sources::ClientCredentials`] |
//! | a service account's key, or a KMS that has it | [`sources::JwtBearer`], [`signer`] |
//! | a refresh token of a user who has signed in | [`sources::RefreshToken`] |
//! | a token of another issuer, or of another kind | [`sources::TokenExchange`] |
//! | a program that prints tokens (`az`, `gcloud`, a Kubernetes plugin) | `sources::Exec` (feature `exec`) |
//! | one of several, whichever is configured | [`sources::Chain`] |
//! | IBM Cloud: a container, a virtual server, a trusted profile | `sources::CrToken`, `sources::VpcInstance`, `sources::TrustedProfile` (feature `ibm`) |
//! | a personal access token: a JWT, read before a request is wasted on it | [`sources::PersonalToken`] |
//! | a backend that hands out tokens | [`sources::Remote`] |
//! | code that brings tokens | [`sources::Callback`], [`source_fn`], [`TokenSource`] |
//! | a platform that injects the base URL, and a sidecar that adds the credential | [`sources::Injected`] |
//! | a sidecar that adds the credential, everywhere | [`Authenticator::none_needed`] |
//!
//! A *system* is a vendor's recipe over them: variables, files, addresses. It comes to an [`Access`], as a profile in a file does
//! ([`settings::Profiles`]); either adapter takes that in one line.
//!
//! | you use | with |
//! | --- | --- |
//! | IBM Cloud, watsonx.ai | `systems::IbmCloud`, `systems::Watsonx` (feature `ibm`) |
//! | IVCAP | `systems::Ivcap` |
//! | Skyflow | `systems::Skyflow` |
//! | Podstack | `systems::Podstack` |
//! | Cape | `systems::Cape` |
//! | another | a description in TOML (feature `profiles`), or [`settings::Settings`] and [`Access::new`] |
//!
//! # Features
//!
//! None is on by default.
//!
//! | feature | adds | costs |
//! | --- | --- | --- |
//! | `test-util` | for tests: a fake clock and executor, and module `testing`, which has a scripted source, a scripted transport, a check of your own source | |
//! | `signing` | private keys in PEM (`signer::PrivateKey`) | aws-lc-rs, which compiles C |
//! | `exec` | helper programs (`sources::Exec`) | tokio's `process` |
//! | `profiles` | the config in TOML (`settings::Profiles::load`), systems described in it | toml |
//! | `store` | files for one user's secrets (module `store`), for programs that live for one command | tempfile |
//! | `cape`, `ivcap`, `podstack` | a system each | |
//! | `ibm` | IBM Cloud and watsonx.ai, and the sources `CrToken`, `TrustedProfile` and `VpcInstance` | |
//! | `skyflow` | Skyflow, which signs | as `signing`, which is on with it |
//! | `systems` | all five | as `skyflow` |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod access;
pub mod adapter;
mod authenticator;
mod cache;
mod challenge;
mod config;
#[cfg(feature = "profiles")]
mod configured;
mod context;
#[cfg(test)]
mod corpus;
mod endpoint;
mod env;
mod error;
mod event;
pub mod exchange;
mod exports;
mod fetch;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod head;
mod identity;
mod io_reason;
mod jwt;
mod origins;
mod outcome;
mod policy;
mod request_auth;
mod reserved;
pub mod runtime;
mod secret;
pub mod settings;
pub mod signer;
mod source;
pub mod sources;
mod status;
#[cfg(feature = "store")]
#[cfg_attr(docsrs, doc(cfg(feature = "store")))]
pub mod store;
mod sync;
pub mod systems;
mod target;
#[cfg(any(test, feature = "test-util"))]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub mod testing;
mod token;
mod token_value;
mod transport;
mod url;

/// The code of this crate's README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use access::Access;
pub use async_trait::async_trait;
pub use authenticator::{Acquire, Authenticator, Builder, Credential, Shutdown};
pub use cache::Changed;
pub use context::Context;
pub use endpoint::Endpoint;
pub use env::Env;
pub use error::{Error, ErrorKind};
pub use event::Event;
pub use exports::Exports;
pub use fetch::{FetchContext, Reason};
pub use identity::Identity;
pub use origins::Origin;
pub use outcome::Outcome;
pub use policy::{Backoff, Policy};
pub use request_auth::RequestAuth;
pub use secret::Secret;
pub use source::{SourceFn, TokenSource, source_fn};
pub use status::{Stage, Status};
pub use token::Token;
pub use transport::Transport;
