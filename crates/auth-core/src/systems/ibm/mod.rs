//! IBM Cloud and watsonx.ai: API keys, trusted profiles, compute resources, and IBM's external configuration.

mod address;
mod auth_type;
pub(super) mod cloud;
mod external;
mod iam;
mod login;
mod project;
mod resolver;
pub(super) mod setting;
pub(super) mod watsonx;

pub use auth_type::AuthType;
pub use iam::{AUTH_URL, api_key, api_key_at};
pub use project::IdsIn;

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
