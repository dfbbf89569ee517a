//! Where tokens come from. A new source is one new file here and one line below.

mod api_key;
mod callback;
#[cfg(feature = "ibm")]
mod cr_token;
mod env;
mod file;
mod personal_token;
mod remote;
mod static_token;
mod token_file;
#[cfg(feature = "ibm")]
mod trusted_profile;
#[cfg(feature = "ibm")]
mod vpc_instance;

pub use api_key::ApiKey;
pub use callback::Callback;
#[cfg(feature = "ibm")]
pub use cr_token::CrToken;
pub use env::EnvToken;
pub use file::FileToken;
pub use personal_token::PersonalToken;
pub use remote::Remote;
pub use static_token::{StaticToken, TokenHandle};
#[cfg(feature = "ibm")]
pub use trusted_profile::TrustedProfile;
#[cfg(feature = "ibm")]
pub use vpc_instance::VpcInstance;
