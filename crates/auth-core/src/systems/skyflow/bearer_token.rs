//! A service account's key, exchanged for bearer tokens.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::{Credentials, ctx};
use crate::exchange::Exchange;
use crate::signer::sign;
use crate::{Error, ErrorKind, FetchContext, Secret, Token, TokenSource};

/// RFC 7523 section 2.1.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// How long an assertion is good for: what Skyflow's own SDKs say.
const ASSERTION_LIFETIME: Duration = Duration::from_secs(3600);

/// Bearer tokens of a service account, from an assertion that its key signs (RFC 7523 section 2.1, in Skyflow's own form: a
/// JSON body, and claims without an issue time). Tokens live as long as their `exp` says: 60 minutes usually. Needs a
/// transport.
///
/// [`Skyflow`](crate::systems::Skyflow) makes one; use it alone for a token without a vault.
#[derive(Clone)]
pub struct BearerToken {
    place: Place,
    roles: Vec<String>,
    ctx: Option<Value>,
}

#[derive(Clone)]
enum Place {
    Here(Credentials),
    /// Read again for each token, so that a key is rotated by replacing the file.
    File(PathBuf, Vec<String>),
}

impl BearerToken {
    /// Tokens for these credentials.
    pub fn new(credentials: Credentials) -> Self {
        Self::of(Place::Here(credentials))
    }

    /// Tokens for the credentials.json at `path`, which is read anew for each token. It is not looked at before.
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self::from_file_with_hosts(path, &[])
    }

    /// The same, with more hosts from which tokens may be fetched, as [`Credentials::from_file_with_hosts`].
    pub fn from_file_with_hosts(path: impl Into<PathBuf>, more_hosts: &[&str]) -> Self {
        Self::of(Place::File(path.into(), more_hosts.iter().map(|host| (*host).to_owned()).collect()))
    }

    fn of(place: Place) -> Self {
        Self { place, roles: Vec::new(), ctx: None }
    }

    /// The ids of the roles that tokens are restricted to. Empty ones are left out. Default: none, which is all that the
    /// service account has.
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) for an id with white space or characters that are not visible ASCII: it
    /// would be two roles.
    pub fn roles<R: AsRef<str>>(mut self, roles: impl IntoIterator<Item = R>) -> Result<Self, Error> {
        self.roles = roles.into_iter().map(|role| role.as_ref().to_owned()).filter(|role| !role.is_empty()).collect();
        if self.roles.iter().all(|role| role.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Ok(self);
        }
        Err(Error::misconfigured(
            "a role in `roles` is no id: it has white space or characters that are not visible ASCII",
        ))
    }

    /// What the vault's policies may know of the request behind the token: a string, number or bool, or an object whose
    /// top-level keys are of letters, digits and underscores. An empty one is left out. Default: none.
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) for a list, and for other keys.
    pub fn ctx(mut self, ctx: impl Into<Value>) -> Result<Self, Error> {
        self.ctx = ctx::claim(ctx.into())?;
        Ok(self)
    }

    fn claims(&self, credentials: &Credentials, now: SystemTime) -> Map<String, Value> {
        let end = now.duration_since(UNIX_EPOCH).unwrap_or_default() + ASSERTION_LIFETIME;
        let mut claims = Map::new();
        let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        claim("iss", credentials.client_id().into());
        claim("sub", credentials.client_id().into());
        claim("key", credentials.key_id().into());
        claim("aud", credentials.token_uri().into());
        claim("exp", end.as_secs().into());
        if let Some(ctx) = &self.ctx {
            claim("ctx", ctx.clone());
        }
        claims
    }

    fn exchange(&self, credentials: &Credentials, assertion: Secret) -> Exchange {
        let exchange = Exchange::new(credentials.endpoint().clone())
            .credential_name("the service account's key (credentials.json)")
            .json_body()
            .answer_names("accessToken", "tokenType")
            .public_param("grant_type", GRANT_TYPE)
            .param("assertion", assertion);
        if self.roles.is_empty() {
            return exchange;
        }
        let scope: Vec<String> = self.roles.iter().map(|role| format!("role:{role}")).collect();
        exchange.public_param("scope", scope.join(" "))
    }
}

#[async_trait]
impl TokenSource for BearerToken {
    /// # Errors
    /// As [`Exchange::send`], and as [`Credentials::from_file`] for a file.
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let credentials = match &self.place {
            Place::Here(credentials) => credentials.clone(),
            Place::File(path, hosts) => {
                let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
                Credentials::from_file_with_hosts(path, &hosts)?
            }
        };
        let claims = self.claims(&credentials, cx.now().wall());
        let assertion = sign(credentials.signer(), "JWT", None, &claims).await?;
        let answer = self.exchange(&credentials, assertion).send(cx).await;
        answer.map(|answer| answer.token).map_err(of_an_api_key_account)
    }
}

/// Says what to do about a service account that was made for API keys: it has no bearer tokens.
fn of_an_api_key_account(error: Error) -> Error {
    let words = error.description().unwrap_or_default().to_ascii_lowercase().replace([' ', '-', '_'], "");
    if error.kind() != ErrorKind::Rejected || !words.contains("apikey") {
        return error;
    }
    let text = |value: Option<&str>| value.map(str::to_owned);
    let message = "this service account is for API keys and makes no bearer tokens: give its key as `api_key`, or use the \
                   credentials.json of another account";
    let told = Error::new(ErrorKind::Rejected, message)
        .with_code(text(error.code()), text(error.description()))
        .with_host(error.host().unwrap_or_default())
        .with_request_id(error.request_id())
        .with_retry_after(error.retry_after());
    error.status().map_or(told.clone(), |status| told.with_status(status))
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place: &dyn fmt::Debug = match &self.place {
            Place::Here(credentials) => credentials,
            Place::File(path, _) => path,
        };
        f.debug_struct("BearerToken")
            .field("credentials", place)
            .field("roles", &self.roles.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
