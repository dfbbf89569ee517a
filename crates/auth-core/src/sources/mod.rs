//! Where tokens come from. A new source is one new file here and one line below.

mod api_key;
// In two: clippy knows tests by `cfg(test)` alone.
#[cfg(test)]
#[cfg(feature = "test-util")]
pub(crate) mod bench;
mod callback;
mod chain;
mod client_credentials;
#[cfg(feature = "ibm")]
mod cr_token;
mod env;
#[cfg(feature = "exec")]
mod exec;
mod file;
mod injected;
mod jwt_bearer;
mod personal_token;
pub(crate) mod placed;
mod refresh_token;
mod remote;
mod static_token;
mod token_exchange;
mod token_file;
#[cfg(feature = "ibm")]
mod trusted_profile;
#[cfg(feature = "ibm")]
mod vpc_instance;

pub use api_key::ApiKey;
pub use callback::Callback;
pub(crate) use chain::CHOSEN;
pub use chain::{Chain, ChainExplanation, Link, LinkExplanation, LinkState};
pub use client_credentials::ClientCredentials;
#[cfg(feature = "ibm")]
pub use cr_token::CrToken;
pub use env::EnvToken;
#[cfg(feature = "exec")]
pub(crate) use exec::SETTINGS as EXEC;
#[cfg(all(feature = "exec", fuzzing))]
pub(crate) use exec::printed;
#[cfg(feature = "exec")]
pub use exec::{Exec, ExecFormat};
pub use file::FileToken;
pub use injected::Injected;
pub use jwt_bearer::JwtBearer;
pub use personal_token::PersonalToken;
pub use refresh_token::RefreshToken;
pub use remote::Remote;
pub use static_token::{StaticToken, TokenHandle};
pub use token_exchange::TokenExchange;
#[cfg(feature = "ibm")]
pub use trusted_profile::TrustedProfile;
#[cfg(feature = "ibm")]
pub use vpc_instance::VpcInstance;
