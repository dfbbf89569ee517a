//! A trusted profile's tokens, for one's own.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::exchange::{Exchange, TokenEndpoint};
use crate::{Error, FetchContext, Token, TokenSource};

const GRANT_TYPE: &str = "urn:ibm:params:oauth:grant-type:assume";

/// Assumes a trusted profile of IBM Cloud: a token of another source, usually [`ApiKey`](super::ApiKey), is exchanged for one
/// of the profile.
///
/// Each fetch makes both requests. A client and a scope belong to the first, so they are set on the source inside; the second
/// has neither, as IBM's own clients do it. The form is the one of [IBM Cloud
/// IAM](https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-assume). Needs a transport.
///
/// ```
/// use auth_core::{exchange::TokenEndpoint, sources::{ApiKey, TrustedProfile}};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let endpoint = TokenEndpoint::parse("https://iam.cloud.ibm.com/identity/token")?;
/// let own = ApiKey::new(endpoint.clone(), "my-api-key")?;
/// let source = TrustedProfile::for_profile_id(endpoint, own, "Profile-9fd84246-7df4-4667-94e4-8ecde51d5ac5");
/// # let _: &dyn auth_core::TokenSource = &source;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TrustedProfile {
    endpoint: TokenEndpoint,
    own: Arc<dyn TokenSource>,
    profile: Vec<(&'static str, String)>,
}

impl TrustedProfile {
    /// The profile with this id.
    pub fn for_profile_id(endpoint: TokenEndpoint, own: impl TokenSource, id: impl Into<String>) -> Self {
        Self::of(endpoint, own, vec![("profile_id", id.into())])
    }

    /// The profile with this Cloud Resource Name.
    pub fn for_profile_crn(endpoint: TokenEndpoint, own: impl TokenSource, crn: impl Into<String>) -> Self {
        Self::of(endpoint, own, vec![("profile_crn", crn.into())])
    }

    /// The profile of this name in the account with this id: a name alone says nothing outside its account.
    pub fn for_profile_name(
        endpoint: TokenEndpoint,
        own: impl TokenSource,
        name: impl Into<String>,
        account: impl Into<String>,
    ) -> Self {
        Self::of(endpoint, own, vec![("profile_name", name.into()), ("account", account.into())])
    }

    fn of(endpoint: TokenEndpoint, own: impl TokenSource, profile: Vec<(&'static str, String)>) -> Self {
        Self { endpoint, own: Arc::new(own), profile }
    }
}

#[async_trait]
impl TokenSource for TrustedProfile {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let own = self.own.fetch(cx).await?;
        let secret = own.secret().ok_or_else(|| {
            Error::misconfigured("the source inside a trusted profile brings no token, and one is needed to assume it")
        })?;
        let mut exchange = Exchange::new(self.endpoint.clone())
            .credential_name("to let this identity assume the trusted profile")
            .public_param("grant_type", GRANT_TYPE)
            .param("access_token", secret.clone());
        for (field, value) in &self.profile {
            exchange = exchange.public_param(field, value.as_str());
        }
        Ok(exchange.send(cx).await?.token)
    }
}

impl fmt::Debug for TrustedProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustedProfile")
            .field("endpoint", &self.endpoint)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
