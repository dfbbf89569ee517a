//! Where tokens come from. A new source is one new file here and one line below.

mod api_key;
mod callback;
mod env;
mod file;
mod static_token;

pub use api_key::ApiKey;
pub use callback::Callback;
pub use env::EnvToken;
pub use file::FileToken;
pub use static_token::{StaticToken, TokenHandle};
