//! Skyflow: vaults and connections, with the credentials of a service account, an API key, or a token from elsewhere.
//!
//! The credentials are those of Skyflow's own SDKs ([authentication](https://docs.skyflow.com/api-authentication/)): a
//! `credentials.json`, as a file or as text, an API key, or a bearer token. [`Skyflow`](super::Skyflow) puts them together; its parts can be
//! used alone.

mod api_key;
mod bearer_token;
mod credentials;
mod ctx;
mod data_tokens;
mod given;
mod json_text;
mod reason;
pub(super) mod recipe;
mod restrictions;
mod setting;
mod vault;

pub use bearer_token::BearerToken;
pub use credentials::Credentials;
pub use data_tokens::{DataTokens, SignedDataToken};
pub(crate) use setting::SETTINGS;
pub use vault::VaultEnv;
