//! IBM Cloud's IAM: where it is, and the source for an API key there.

use crate::exchange::TokenEndpoint;
use crate::sources::ApiKey;
use crate::{Error, Secret};

/// Where IBM Cloud's IAM lives unless said otherwise.
pub const AUTH_URL: &str = "https://iam.cloud.ibm.com";

const TOKEN_PATH: &str = "/identity/token";

/// The source for an API key at IBM Cloud's own IAM.
///
/// # Errors
/// As [`ApiKey::new`].
pub fn api_key(key: impl Into<Secret>) -> Result<ApiKey, Error> {
    api_key_at(AUTH_URL, key)
}

/// The source for an API key at another IAM, such as a private endpoint's. A URL that already ends in `/identity/token`
/// is taken as it is.
///
/// # Errors
/// As [`ApiKey::new`] and [`TokenEndpoint::parse`].
pub fn api_key_at(auth_url: &str, key: impl Into<Secret>) -> Result<ApiKey, Error> {
    ApiKey::new(token_endpoint(auth_url)?, key)
}

/// The token endpoint of an IAM.
pub(super) fn token_endpoint(auth_url: &str) -> Result<TokenEndpoint, Error> {
    let base = auth_url.trim_end_matches('/');
    let base = base.strip_suffix(TOKEN_PATH).unwrap_or(base);
    TokenEndpoint::parse(&format!("{base}{TOKEN_PATH}"))
}
