//! An API key, exchanged for access tokens.

use std::borrow::Cow;
use std::time::Duration;

use async_trait::async_trait;

use crate::exchange::{Exchange, TokenEndpoint};
use crate::{Error, FetchContext, Secret, Token, TokenSource, token_value};

/// The extension grant (RFC 6749 section 4.5) by which IBM Cloud exchanges API keys.
const GRANT_TYPE: &str = "urn:ibm:params:oauth:grant-type:apikey";

/// Exchanges an API key for access tokens at an IAM's token endpoint.
///
/// The form is the one of [IBM Cloud IAM](https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-apikey):
/// `grant_type`, `apikey`, `response_type=cloud_iam`; every part can be set for other issuers. Needs a transport.
///
/// ```
/// use auth_core::{exchange::TokenEndpoint, sources::ApiKey};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let endpoint = TokenEndpoint::parse("https://iam.cloud.ibm.com/identity/token")?;
/// let source = ApiKey::new(endpoint, "my-api-key")?;
/// # let _: &dyn auth_core::TokenSource = &source;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ApiKey {
    endpoint: TokenEndpoint,
    key: Secret,
    key_field: Cow<'static, str>,
    grant_type: Cow<'static, str>,
    response_type: Option<Cow<'static, str>>,
    extra: Vec<(Cow<'static, str>, Secret)>,
    client: Option<(String, Secret)>,
    default_lifetime: Option<Duration>,
}

impl ApiKey {
    /// Exchanges `key` at `endpoint`.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if the key is empty, a pasted placeholder (`{...}`, quotes), or
    /// has characters that no key has. The key is not repeated.
    pub fn new(endpoint: TokenEndpoint, key: impl Into<Secret>) -> Result<Self, Error> {
        let key: Secret = key.into();
        let clean = token_value::clean(key.expose().as_bytes())
            .map_err(|reason| Error::misconfigured(format!("the API key is not usable: {reason}")))?;
        if clean.starts_with(['{', '"']) || clean.ends_with(['}', '"']) {
            let message =
                "the API key begins or ends with a brace or a quote: it looks like a placeholder, paste the key itself";
            return Err(Error::misconfigured(message));
        }
        Ok(Self {
            endpoint,
            key: Secret::from(clean),
            key_field: Cow::Borrowed("apikey"),
            grant_type: Cow::Borrowed(GRANT_TYPE),
            response_type: Some(Cow::Borrowed("cloud_iam")),
            extra: Vec::new(),
            client: None,
            default_lifetime: None,
        })
    }

    /// The form field that holds the key. Default: `apikey`.
    #[must_use]
    pub fn key_field(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.key_field = name.into();
        self
    }

    /// The grant type. Default: IBM's, `urn:ibm:params:oauth:grant-type:apikey`.
    #[must_use]
    pub fn grant_type(mut self, grant_type: impl Into<Cow<'static, str>>) -> Self {
        self.grant_type = grant_type.into();
        self
    }

    /// The `response_type` field, or `None` to leave it out. Default: `cloud_iam`.
    #[must_use]
    pub fn response_type(mut self, response_type: Option<&'static str>) -> Self {
        self.response_type = response_type.map(Cow::Borrowed);
        self
    }

    /// The scope to ask for. Default: none, which is all the key may do.
    #[must_use]
    pub fn scope(self, scope: impl Into<Secret>) -> Self {
        self.param("scope", scope)
    }

    /// One more form field.
    #[must_use]
    pub fn param(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Secret>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// Authenticates the client too, by HTTP Basic on the token request only (UTF-8, as IBM reads it). Default: no client.
    #[must_use]
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.client = Some((id.into(), secret.into()));
        self
    }

    /// The lifetime to assume if neither the answer nor the token states one. Default: none.
    #[must_use]
    pub fn default_lifetime(mut self, lifetime: Duration) -> Self {
        self.default_lifetime = Some(lifetime);
        self
    }

    fn exchange(&self) -> Result<Exchange, Error> {
        let mut exchange = Exchange::new(self.endpoint.clone())
            .credential_name("the API key")
            .default_lifetime(self.default_lifetime)
            .param("grant_type", self.grant_type.as_ref())
            .param(self.key_field.clone(), self.key.clone());
        if let Some(response_type) = &self.response_type {
            exchange = exchange.param("response_type", response_type.as_ref());
        }
        for (name, value) in &self.extra {
            exchange = exchange.param(name.clone(), value.clone());
        }
        match &self.client {
            Some((id, secret)) => exchange.basic_auth_raw(id, secret),
            None => Ok(exchange),
        }
    }
}

#[async_trait]
impl TokenSource for ApiKey {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        Ok(self.exchange()?.send(cx).await?.token)
    }
}
