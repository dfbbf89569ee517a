//! Skyflow as a whole: from what a user has to what an adapter takes.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::raw_header::RawHeader;
use super::{Credentials, VaultEnv, given, setting, vault};
use crate::settings::{Lookup, Profile, Provenance, Settings, trust};
use crate::{Access, Endpoint, Env, Error, Secret, TokenSource};

/// Skyflow, from one credential: for vaults ([`access`](Skyflow::access)) and connections ([`connection`](Skyflow::connection)).
///
/// The credential is exactly one of `credentials_path`, `credentials`, `token`, `api_key`, an account or a source: as an
/// argument, else the variable `SKYFLOW_CREDENTIALS` (the content of a credentials.json), else keys of a profile by the same
/// names. An empty one counts as none. Nothing is sent before a token is needed.
///
/// ```
/// use auth_core::{Env, systems::skyflow::Skyflow};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let skyflow = Skyflow::new().api_key("sky-ab123-0123456789abcdef0123456789abcdef").cluster_id("ab12cd34");
/// let vault = skyflow.access()?;
/// assert_eq!(vault.endpoint().to_string(), "https://ab12cd34.vault.skyflowapis.com");
/// let gateway = skyflow.connection("https://ab12cd34.gateway.skyflowapis.com/v1/gateway/outboundRoutes/x")?;
/// # let _ = (gateway, Env::process());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Skyflow {
    settings: Option<Settings>,
    credential: given::Given,
    vault: vault::Given,
    nearby: bool,
}

impl Skyflow {
    /// From arguments alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// From arguments, and behind them these variables.
    pub fn from_env(env: &Env) -> Self {
        Self { settings: Some(Settings::new(env.clone())), ..Self::default() }
    }

    /// From arguments, behind them these variables, and behind them a profile: `credentials_path` (from the profile's folder),
    /// `credentials`, `token`, `api_key`, `roles` (separated by spaces or commas), `ctx`, `vault_url`, `cluster_id`, `env`,
    /// `connection_url`.
    pub fn from_profile(profile: Profile, env: &Env) -> Self {
        Self { settings: Some(Settings::new(env.clone()).with_profile(profile)), ..Self::default() }
    }

    /// The path of a credentials.json. It is read anew for each token, so that a key is rotated by replacing the file.
    #[must_use]
    pub fn credentials_path(mut self, path: impl AsRef<Path>) -> Self {
        self.credential.path(path.as_ref());
        self
    }

    /// The content of a credentials.json.
    #[must_use]
    pub fn credentials(mut self, json: impl Into<Secret>) -> Self {
        self.credential.text(json.into());
        self
    }

    /// A service account whose key is elsewhere: [`Credentials::with_signer`].
    #[must_use]
    pub fn account(mut self, account: Credentials) -> Self {
        self.credential.account(account);
        self
    }

    /// A bearer token that somebody else renews. The access's [`token_handle`](Access::token_handle) replaces it.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.credential.token(token.into());
        self
    }

    /// An API key of a service account: 42 characters that begin with `sky-`.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.credential.api_key(key.into());
        self
    }

    /// Tokens from a source of your own, such as the `getBearerToken` of a backend: [`Remote`](crate::sources::Remote),
    /// [`Callback`](crate::sources::Callback).
    #[must_use]
    pub fn source(mut self, source: impl TokenSource) -> Self {
        self.credential.source(Arc::new(source));
        self
    }

    /// The roles that tokens are restricted to, as [`BearerToken::roles`](super::BearerToken::roles). An error with a
    /// credential that is no credentials.json, where they would restrict nothing.
    #[must_use]
    pub fn roles<R: Into<String>>(mut self, roles: impl IntoIterator<Item = R>) -> Self {
        self.credential.roles = Some(roles.into_iter().map(Into::into).collect());
        self
    }

    /// What the vault's policies may know of the request, as [`BearerToken::ctx`](super::BearerToken::ctx). An error where
    /// [`roles`](Self::roles) are.
    #[must_use]
    pub fn ctx(mut self, ctx: impl Into<Value>) -> Self {
        self.credential.ctx = Some(ctx.into());
        self
    }

    /// One more host that the `tokenURI` of credentials may name. `*.example.com` is every host below `example.com`.
    #[must_use]
    pub fn allow_token_host(mut self, host: impl Into<String>) -> Self {
        self.credential.hosts.push(host.into());
        self
    }

    /// The vault's base URL.
    #[must_use]
    pub fn vault_url(mut self, url: impl Into<String>) -> Self {
        self.vault.vault_url = Some(Secret::new(url));
        self
    }

    /// The vault's cluster, the first part of its host, instead of its URL.
    #[must_use]
    pub fn cluster_id(mut self, id: impl Into<String>) -> Self {
        self.vault.cluster_id = Some(Secret::new(id));
        self
    }

    /// The environment of the cluster. Default: production.
    #[must_use]
    pub fn env(mut self, env: VaultEnv) -> Self {
        self.vault.env = Some(env);
        self
    }

    /// Lets a credential from elsewhere go to an endpoint that a file of the working directory names. Default: it is an error,
    /// because whoever wrote that file would get the token.
    #[must_use]
    pub fn allow_nearby_endpoint(mut self) -> Self {
        self.nearby = true;
        self
    }

    /// Vault calls: `Authorization: Bearer` at the vault's URL.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if there is no credential or no vault,
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if one is not usable or there are two; the message names the argument,
    /// variable or file.
    pub fn access(&self) -> Result<Access, Error> {
        self.build("skyflow", |source| source, |settings| vault::find(&self.vault, settings))
    }

    /// Calls of a connection: the raw token in `x-skyflow-authorization`, at the connection's URL. An empty URL stands for the
    /// profile's `connection_url`.
    ///
    /// It keeps a token of its own beside that of [`access`](Self::access): the two are sent to different hosts.
    ///
    /// # Errors
    /// As [`access`](Self::access).
    pub fn connection(&self, connection_url: &str) -> Result<Access, Error> {
        let url = Secret::new(connection_url);
        let endpoint = |settings: &mut Settings| {
            let lookup = Lookup::of(&setting::CONNECTION_URL).argument(Some(&url));
            let found = settings.require(&lookup)?;
            Ok((found.endpoint()?, found.provenance().clone()))
        };
        self.build("skyflow-connection", |source| Arc::new(RawHeader(source)), endpoint)
    }

    fn build(
        &self,
        id: &'static str,
        placed: impl FnOnce(Arc<dyn TokenSource>) -> Arc<dyn TokenSource>,
        endpoint: impl FnOnce(&mut Settings) -> Result<(Endpoint, Provenance), Error>,
    ) -> Result<Access, Error> {
        let mut settings = self.settings.clone().unwrap_or_else(|| Settings::new(Env::of::<&str, &str>([])));
        let chosen = self.credential.find(&mut settings)?;
        let (endpoint, place) = endpoint(&mut settings)?;
        if place.is_nearby() && !chosen.place.is_nearby() && !trust::allowed(&mut settings, self.nearby)? {
            let message = format!(
                "the endpoint is from {place}, which stands in the working directory, and the credential from {}: call \
                 `allow_nearby_endpoint` if that file is to be trusted with it",
                chosen.place
            );
            return Err(Error::misconfigured(message));
        }
        let mut explanation = settings.into_explanation();
        explanation.note(format!("the credential is from {}", chosen.place));
        if let Some(warning) = chosen.warning {
            explanation.note(warning);
        }
        let access = Access::new(id, placed(chosen.source), endpoint).with_credential(chosen.place);
        let access = match chosen.handle {
            Some(handle) => access.with_token_handle(handle),
            None => access,
        };
        Ok(access.with_explanation(explanation))
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
