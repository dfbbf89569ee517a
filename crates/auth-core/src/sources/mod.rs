//! Where tokens come from. A new source is one new file here and one line below.

mod api_key;
mod callback;
mod env;
mod file;
mod personal_token;
mod remote;
mod static_token;

pub use api_key::ApiKey;
pub use callback::Callback;
pub use env::EnvToken;
pub use file::FileToken;
pub use personal_token::PersonalToken;
pub use remote::Remote;
pub use static_token::{StaticToken, TokenHandle};
