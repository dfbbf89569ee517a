//! A compute resource's token, exchanged for access tokens.

use std::path::PathBuf;

use async_trait::async_trait;

use super::token_file;
use crate::exchange::{Exchange, TokenEndpoint};
use crate::{Error, ErrorKind, FetchContext, Secret, Token, TokenSource};

const GRANT_TYPE: &str = "urn:ibm:params:oauth:grant-type:cr-token";

/// Where IBM Cloud puts the token of a compute resource, the first that is there: with a Vault sidecar, in a Kubernetes
/// pod, in Code Engine.
const DEFAULT_FILES: [&str; 3] = [
    "/var/run/secrets/tokens/vault-token",
    "/var/run/secrets/tokens/sa-token",
    "/var/run/secrets/codeengine.cloud.ibm.com/compute-resource-token/token",
];

/// Exchanges the token that IBM Cloud mounts into a container for access tokens of a trusted profile.
///
/// The form is the one of [IBM Cloud IAM](https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-crtoken):
/// `grant_type`, `cr_token`, and `profile_id` or `profile_name` or both. The file is read again for each exchange, since it is
/// rotated; white space around the token is stripped. Needs a transport. For a virtual server use
/// [`VpcInstance`](super::VpcInstance).
///
/// ```
/// use auth_core::{exchange::TokenEndpoint, sources::CrToken};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let endpoint = TokenEndpoint::parse("https://iam.cloud.ibm.com/identity/token")?;
/// let source = CrToken::for_profile_name(endpoint, "my-profile");
/// # let _: &dyn auth_core::TokenSource = &source;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CrToken {
    endpoint: TokenEndpoint,
    files: Vec<PathBuf>,
    profile: Vec<(&'static str, String)>,
    scope: Option<Secret>,
    client: Option<(String, Secret)>,
}

impl CrToken {
    /// Tokens of the trusted profile with this id.
    pub fn for_profile_id(endpoint: TokenEndpoint, id: impl Into<String>) -> Self {
        Self::of(endpoint, ("profile_id", id.into()))
    }

    /// Tokens of the trusted profile of this name, in the account that the compute resource belongs to.
    pub fn for_profile_name(endpoint: TokenEndpoint, name: impl Into<String>) -> Self {
        Self::of(endpoint, ("profile_name", name.into()))
    }

    fn of(endpoint: TokenEndpoint, profile: (&'static str, String)) -> Self {
        let files = DEFAULT_FILES.map(PathBuf::from).into();
        Self { endpoint, files, profile: vec![profile], scope: None, client: None }
    }

    /// Says the profile's name too, beside its id.
    #[must_use]
    pub fn profile_name(mut self, name: impl Into<String>) -> Self {
        self.profile.retain(|(field, _)| *field != "profile_name");
        self.profile.push(("profile_name", name.into()));
        self
    }

    /// The file that holds the token. Default: the first that is there of `/var/run/secrets/tokens/vault-token`,
    /// `/var/run/secrets/tokens/sa-token`, and
    /// `/var/run/secrets/codeengine.cloud.ibm.com/compute-resource-token/token`.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.files = vec![path.into()];
        self
    }

    /// The scope to ask for. Default: none, which is all the profile may do.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<Secret>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Authenticates the client too, by HTTP Basic (UTF-8, as IBM reads it). Default: no client.
    #[must_use]
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.client = Some((id.into(), secret.into()));
        self
    }

    fn read(&self) -> Result<Secret, Error> {
        for path in &self.files {
            match token_file::read(path) {
                Ok(bytes) => return token_file::token(path, &bytes),
                Err(error) if error.kind() == ErrorKind::Unavailable && self.files.len() > 1 => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::unavailable(
            "there is no compute-resource token: neither vault-token nor sa-token in /var/run/secrets/tokens, nor Code \
             Engine's; name its file, or run where IBM Cloud mounts one",
        ))
    }

    fn exchange(&self) -> Result<Exchange, Error> {
        let mut exchange = Exchange::new(self.endpoint.clone())
            .credential_name("the compute-resource token, or the trusted profile for it")
            .public_param("grant_type", GRANT_TYPE)
            .param("cr_token", self.read()?);
        for (field, value) in &self.profile {
            exchange = exchange.public_param(field, value.as_str());
        }
        if let Some(scope) = &self.scope {
            exchange = exchange.param("scope", scope.clone());
        }
        match &self.client {
            Some((id, secret)) => exchange.basic_auth_raw(id, secret),
            None => Ok(exchange),
        }
    }
}

#[async_trait]
impl TokenSource for CrToken {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        Ok(self.exchange()?.send(cx).await?.token)
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
