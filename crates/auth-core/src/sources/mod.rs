//! Where tokens come from. A new source is one new file here and one line below.

mod api_key;
// In two: clippy knows tests by `cfg(test)` alone.
#[cfg(test)]
#[cfg(feature = "test-util")]
pub(crate) mod bench;
mod callback;
mod client_credentials;
mod env;
mod file;
mod jwt_bearer;
mod personal_token;
mod refresh_token;
mod remote;
mod static_token;
mod token_exchange;

pub use api_key::ApiKey;
pub use callback::Callback;
pub use client_credentials::ClientCredentials;
pub use env::EnvToken;
pub use file::FileToken;
pub use jwt_bearer::JwtBearer;
pub use personal_token::PersonalToken;
pub use refresh_token::RefreshToken;
pub use remote::Remote;
pub use static_token::{StaticToken, TokenHandle};
pub use token_exchange::TokenExchange;
