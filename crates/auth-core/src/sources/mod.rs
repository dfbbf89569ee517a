//! Where tokens come from. A new source is one new file here and one line below.

mod api_key;
mod callback;
mod chain;
mod env;
#[cfg(feature = "exec")]
mod exec;
mod file;
mod static_token;

pub use api_key::ApiKey;
pub use callback::Callback;
pub use chain::{Chain, ChainExplanation, Link, LinkExplanation, LinkState};
pub use env::EnvToken;
#[cfg(feature = "exec")]
pub use exec::{Exec, ExecFormat};
pub use file::FileToken;
pub use static_token::{StaticToken, TokenHandle};
