//! IBM Cloud and watsonx.ai: API keys, trusted profiles, compute resources, and IBM's external configuration.

mod auth_type;
mod cloud;
mod external;
mod iam;
mod login;
mod resolver;
mod setting;
mod watsonx;

pub use auth_type::AuthType;
pub use cloud::IbmCloud;
pub use iam::{AUTH_URL, api_key, api_key_at};
pub(super) use setting::reference;
pub use setting::{SETTINGS, WATSONX_SETTINGS};
pub use watsonx::{IdsIn, Watsonx};

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
