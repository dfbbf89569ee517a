//! An authorization server without a vendor.

mod client;
mod error;
mod exchange;
pub(crate) mod grant;
mod handle;
mod registered_key;
mod registry;
pub(crate) mod token;

pub(crate) use self::error::GrantError;
pub use self::handle::OAuth;
pub use self::registered_key::{RegisteredKey, SigningAlgorithm};
pub(crate) use self::registry::Registry;
pub(crate) use self::token::REFRESH_TOKEN_GRANT;
