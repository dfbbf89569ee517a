//! Tokens and the rules about them: fetching, keeping, refreshing and attaching credentials, without an HTTP client.
//!
//! An [`Authenticator`] is made of a [`TokenSource`] (where tokens come from) and the origins its tokens may go to. An adapter
//! such as `auth-tower` puts it under every request of a client.
//!
//! ```
//! use auth_core::{Authenticator, sources::StaticToken};
//!
//! # fn main() -> Result<(), auth_core::Error> {
//! let auth = Authenticator::builder(StaticToken::new("my-token")?).for_origins(["https://api.example.com"]).build()?;
//! # let _ = auth;
//! # Ok(())
//! # }
//! ```
//!
//! | you have | use |
//! | --- | --- |
//! | a token, or an API key sent as it is | [`sources::StaticToken`] |
//! | a token in a variable or a rotated file | [`sources::EnvToken`], [`sources::FileToken`] |
//! | an API key to exchange for tokens | [`sources::ApiKey`] |
//! | code that brings tokens | [`sources::Callback`], [`source_fn`], [`TokenSource`] |
//! | a sidecar that adds the credential | [`Authenticator::none_needed`] |
//!
//! # Features
//!
//! None is on by default. `test-util`: a fake clock and executor (`runtime::FakeRuntime`) for tests. `ibm`: IBM Cloud's
//! addresses (`systems::ibm`).

pub mod adapter;
mod authenticator;
mod cache;
mod challenge;
#[cfg(test)]
mod corpus;
mod endpoint;
mod env;
mod error;
mod event;
pub mod exchange;
mod fetch;
mod jwt;
mod origins;
mod outcome;
mod policy;
mod request_auth;
pub mod runtime;
mod secret;
mod source;
pub mod sources;
mod status;
mod sync;
pub mod systems;
mod token;
mod token_value;
mod transport;
mod url;

pub use async_trait::async_trait;
pub use authenticator::{Acquire, Authenticator, Builder, Credential, Shutdown};
pub use cache::Changed;
pub use endpoint::Endpoint;
pub use env::Env;
pub use error::{Error, ErrorKind};
pub use event::Event;
pub use fetch::{FetchContext, Reason};
pub use origins::Origin;
pub use outcome::Outcome;
pub use policy::{Backoff, Policy};
pub use request_auth::RequestAuth;
pub use secret::Secret;
pub use source::{SourceFn, TokenSource, source_fn};
pub use status::{Stage, Status};
pub use token::Token;
pub use transport::Transport;
