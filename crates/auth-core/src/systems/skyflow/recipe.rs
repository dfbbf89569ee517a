//! Skyflow as a whole: from what a user has to what an adapter takes.

use std::path::Path;
use std::sync::Arc;

use http::HeaderName;
use serde_json::Value;

use super::super::given::Text;
#[cfg(feature = "profiles")]
use super::setting::{CLUSTER_ID, VAULT_URL};
use super::setting::{CONNECTION_URL, SETTINGS};
use super::{Credentials, VaultEnv, given, vault};
#[cfg(feature = "profiles")]
use crate::settings::Setting;
use crate::settings::{Found, Lookup, Profile, Settings, trust};
use crate::{Access, Endpoint, Env, Error, Secret, TokenSource};

/// Where Skyflow's gateway looks; `Authorization` is for the service behind it.
const CONNECTION_HEADER: HeaderName = HeaderName::from_static("x-skyflow-authorization");

/// Skyflow, from one credential: for vaults ([`access`](Skyflow::access)) and connections ([`connection`](Skyflow::connection)).
///
/// The credential is exactly one of [`credentials_path`](Self::credentials_path), [`credentials`](Self::credentials),
/// [`token`](Self::token), [`api_key`](Self::api_key), [`account`](Self::account) or [`source`](Self::source): as an argument,
/// else the variable `SKYFLOW_CREDENTIALS` (the content of a credentials.json), else a key of a profile. An empty one counts as
/// none. All names: `docs/reference/environment.md` in the repository. Nothing is sent before a token is needed.
///
/// ```
/// use auth_core::systems::Skyflow;
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let skyflow = Skyflow::new().api_key("sky-ab123-0123456789abcdef0123456789abcdef").cluster_id("ab12cd34");
/// let vault = skyflow.access()?;
/// assert_eq!(vault.endpoint().to_string(), "https://ab12cd34.vault.skyflowapis.com");
/// let url = "https://ab12cd34.gateway.skyflowapis.com/v1/gateway/outboundRoutes/x";
/// let gateway = skyflow.connection_url(url).connection()?;
/// # let _ = gateway;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Skyflow {
    env: Option<Env>,
    profile: Option<Profile>,
    credential: given::Given,
    vault: vault::Given,
    connection_url: Option<Text>,
    allow_nearby_endpoint: bool,
}

impl Skyflow {
    /// From arguments alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// From arguments, and behind them these variables: `Skyflow::from_env(&Env::process())`.
    pub fn from_env(env: &Env) -> Self {
        Self { env: Some(env.clone()), ..Self::default() }
    }

    /// From arguments, behind them these variables, and behind them a profile. Its `credentials_path` starts from the folder
    /// that its file is in.
    pub fn from_profile(profile: Profile, env: &Env) -> Self {
        Self { profile: Some(profile), ..Self::from_env(env) }
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

    /// A bearer token that somebody else renews. The access's [`token_handle`](Access::token_handle) replaces it then. A JWT that
    /// has expired is an error before a request is wasted on it.
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
        self.credential.restrictions.roles = roles.into_iter().map(Into::into).collect();
        self
    }

    /// What the vault's policies may know of the request, as [`BearerToken::ctx`](super::BearerToken::ctx). An error where
    /// [`roles`](Self::roles) are.
    #[must_use]
    pub fn ctx(mut self, ctx: impl Into<Value>) -> Self {
        self.credential.restrictions.ctx = Some(ctx.into());
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
        self.vault.vault_url = Some(Text::new(url));
        self
    }

    /// The vault's cluster, the first part of its host, instead of its URL.
    #[must_use]
    pub fn cluster_id(mut self, id: impl Into<String>) -> Self {
        self.vault.cluster_id = Some(Text::new(id));
        self
    }

    /// The environment of the cluster. Default: production.
    #[must_use]
    pub fn env(mut self, env: VaultEnv) -> Self {
        self.vault.env = Some(env);
        self
    }

    /// The URL of a connection, for [`connection`](Self::connection).
    #[must_use]
    pub fn connection_url(mut self, url: impl Into<String>) -> Self {
        self.connection_url = Some(Text::new(url));
        self
    }

    /// Lets a credential from elsewhere go to an endpoint that a file of the working directory names. Default: it is an error,
    /// because whoever wrote that file would get the token.
    #[must_use]
    pub fn allow_nearby_endpoint(mut self) -> Self {
        self.allow_nearby_endpoint = true;
        self
    }

    /// Vault calls: `Authorization: Bearer` at the vault's URL.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if there is no credential or no vault,
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if one is not usable or there are two; the message names the argument,
    /// variable or file.
    pub fn access(&self) -> Result<Access, Error> {
        self.build("skyflow", |settings| vault::find(&self.vault, settings))
    }

    /// Calls of a connection: the raw token in `x-skyflow-authorization`, at the [`connection_url`](Self::connection_url), else
    /// the profile's.
    ///
    /// It keeps a token of its own beside that of [`access`](Self::access): the two are sent to different hosts.
    ///
    /// # Errors
    /// As [`access`](Self::access).
    pub fn connection(&self) -> Result<Access, Error> {
        let endpoint = |settings: &mut Settings| {
            let found = settings.require(&Lookup::of(&CONNECTION_URL).argument(self.connection_url.as_ref()))?;
            Ok((found.endpoint()?, found))
        };
        Ok(self.build("skyflow-connection", endpoint)?.in_header(CONNECTION_HEADER))
    }

    /// What the profile describes: a connection if it names one and no vault.
    #[cfg(feature = "profiles")]
    pub(crate) fn access_of_profile(&self) -> Result<Access, Error> {
        let has = |setting: &Setting| {
            self.profile.as_ref().is_some_and(|profile| setting.keys().iter().any(|key| profile.place(key).is_some()))
        };
        let is_connection = has(&CONNECTION_URL) && !has(&VAULT_URL) && !has(&CLUSTER_ID);
        if is_connection { self.connection() } else { self.access() }
    }

    fn build(
        &self,
        id: &'static str,
        endpoint: impl FnOnce(&mut Settings) -> Result<(Endpoint, Found), Error>,
    ) -> Result<Access, Error> {
        self.profile.as_ref().map_or(Ok(()), |profile| profile.check_keys(SETTINGS))?;
        let mut settings =
            Settings::new(self.env.clone().unwrap_or_else(Env::empty)).with_profile(self.profile.clone());
        let chosen = self.credential.find(&mut settings)?;
        let (endpoint, from) = endpoint(&mut settings)?;
        let allowed = trust::allowed(&mut settings, self.allow_nearby_endpoint)?;
        trust::check(&from, &chosen.credential, allowed)?;
        let mut access = Access::new(id, chosen.source, endpoint);
        if let Some(handle) = chosen.handle {
            access = access.with_token_handle(handle);
        }
        if let Some(beyond) = chosen.exchange {
            access = access.with_identity(beyond);
        }
        Ok(access.with_credential(&chosen.credential).with_explanation(settings.into_explanation()))
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
