//! Skyflow: API keys of service accounts.

use std::fmt;

use auth_core::{Access, Endpoint, Error, Secret};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value, json};

use super::fields::Fields;
use crate::{ApiClient, ApiError, path};

/// Skyflow's environments: the domain that vaults and gateways are below, and where the management API of the same accounts
/// is.
const ENVIRONMENTS: [(&str, &str); 2] = [
    (".skyflowapis.com", "https://manage.skyflowapis.com"),
    (".skyflowapis-preview.com", "https://manage.skyflowapis-preview.com"),
];

/// Creates, rotates, disables and deletes API keys of Skyflow's service accounts, over the management API.
///
/// A service account is made for API keys or for bearer tokens: one for API keys can't make bearer tokens, nor the other
/// way round.
///
/// ```
/// use auth_reqwest::{ApiError, clients::SkyflowKeys};
///
/// # async fn example(keys: SkyflowKeys) -> Result<(), ApiError> {
/// let issued = keys.create("reporting").description("reads one table").send().await?;
/// println!("shown once: {}", issued.key.expose());
/// let newer = keys.rotate(&issued.account_id, &issued.key_id).await?;
/// keys.disable(&newer.account_id, &newer.key_id).await?;
/// keys.delete(&newer.account_id, &newer.key_id).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SkyflowKeys(ApiClient);

impl SkyflowKeys {
    /// A client for the management API of the environment that the access's endpoint is in: `https://manage.skyflowapis.com`
    /// for hosts of production, `https://manage.skyflowapis-preview.com` for those of the sandbox. A credential of one never
    /// goes to the other.
    ///
    /// # Errors
    /// [`Misconfigured`](auth_core::ErrorKind::Misconfigured) if the endpoint is in neither (a proxy, a test's server, a domain
    /// of one's own): say where the management API is, with [`with_client`](Self::with_client) and a client of
    /// [that endpoint](Access::with_endpoint). Else as [`ApiClient::new`].
    pub fn new(access: &Access) -> Result<Self, Error> {
        let host = access.endpoint().origin().to_string().to_ascii_lowercase();
        let manage = ENVIRONMENTS.iter().find(|(domain, _)| host.starts_with("https://") && host.ends_with(domain));
        let (_, manage) = manage.ok_or_else(|| {
            Error::misconfigured(
                "the endpoint is no host of Skyflow's own, so that its management API isn't known: give that API's own URL",
            )
        })?;
        ApiClient::new(&access.clone().with_endpoint(Endpoint::parse(manage)?)).map(Self)
    }

    /// The same over a client with settings of yours, whose endpoint is a management API.
    pub fn with_client(client: ApiClient) -> Self {
        Self(client)
    }

    /// For requests that have no method here.
    pub fn api(&self) -> &ApiClient {
        &self.0
    }

    /// Begins to create a service account with an API key.
    pub fn create(&self, name: impl Into<String>) -> CreateApiKey {
        CreateApiKey { client: self.0.clone(), name: name.into(), description: String::new(), resource: None }
    }

    /// The keys of a service account, without the keys themselves.
    ///
    /// # Errors
    /// As [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn list(&self, account_id: &str) -> Result<Vec<ApiKeyInfo>, ApiError> {
        let ApiKeys(keys) = self.0.get(keys_of(account_id, &[])?).send().await?.json().await?;
        Ok(keys)
    }

    /// Makes one more key for a service account that has API keys. Not repeated if there is no answer.
    ///
    /// # Errors
    /// [`PermissionDenied`](crate::ApiErrorKind::PermissionDenied) if the account is one for bearer tokens; else as
    /// [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn add(&self, account_id: &str) -> Result<IssuedApiKey, ApiError> {
        let issued: IssuedApiKey = self.0.post(keys_of(account_id, &[])?).send().await?.json().await?;
        Ok(issued.of(account_id))
    }

    /// Makes a new key in place of one, which is refused from then on. Not repeated if there is no answer.
    ///
    /// # Errors
    /// As [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn rotate(&self, account_id: &str, key_id: &str) -> Result<IssuedApiKey, ApiError> {
        let request = self.0.post(keys_of(account_id, &[key_id, "rotate"])?);
        let issued: IssuedApiKey = request.send().await?.json().await?;
        Ok(issued.of(account_id))
    }

    /// Disables a key: it is refused until it is enabled.
    ///
    /// # Errors
    /// As [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn disable(&self, account_id: &str, key_id: &str) -> Result<(), ApiError> {
        self.0.post(keys_of(account_id, &[key_id, "disable"])?).idempotent().send().await.map(drop)
    }

    /// Enables a key that was disabled.
    ///
    /// # Errors
    /// As [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn enable(&self, account_id: &str, key_id: &str) -> Result<(), ApiError> {
        self.0.post(keys_of(account_id, &[key_id, "enable"])?).idempotent().send().await.map(drop)
    }

    /// Deletes a key for good.
    ///
    /// # Errors
    /// As [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn delete(&self, account_id: &str, key_id: &str) -> Result<(), ApiError> {
        self.0.delete(keys_of(account_id, &[key_id])?).send().await.map(drop)
    }
}

/// The path of an account's keys, or of what follows behind that.
fn keys_of(account_id: &str, rest: &[&str]) -> Result<String, ApiError> {
    path(["v1", "serviceAccounts", account_id, "apiKeys"].iter().chain(rest))
}

/// An API key that is to be created.
#[derive(Clone, Debug)]
#[must_use = "nothing is created until it is sent"]
pub struct CreateApiKey {
    client: ApiClient,
    name: String,
    description: String,
    resource: Option<(String, String)>,
}

impl CreateApiKey {
    /// What it is for. Default: nothing.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// What the account belongs to: a kind such as `VAULT`, and its id. Default: not said.
    pub fn resource(mut self, kind: impl Into<String>, id: impl Into<String>) -> Self {
        self.resource = Some((kind.into(), id.into()));
        self
    }

    /// Creates it: `POST /v1/serviceAccounts`. Not repeated if there is no answer: it may be there already.
    ///
    /// # Errors
    /// [`Config`](crate::ApiErrorKind::Config) without a name; else as [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn send(self) -> Result<IssuedApiKey, ApiError> {
        if self.name.trim().is_empty() {
            return Err(ApiError::config("a service account needs a name: give one"));
        }
        let account = json!({ "name": self.name, "displayName": self.name, "description": self.description });
        let mut body = json!({ "serviceAccount": account, "apiKeyEnabled": true });
        if let Some((kind, id)) = self.resource {
            body["resource"] = json!({ "type": kind, "ID": id });
        }
        self.client.post("/v1/serviceAccounts").json(&body).send().await?.json().await
    }
}

/// An API key that was made. This is the only time it is there: Skyflow does not show it again.
#[derive(Clone)]
#[non_exhaustive]
pub struct IssuedApiKey {
    /// The service account it belongs to.
    pub account_id: String,
    /// The key's own id, by which it is rotated, disabled and deleted.
    pub key_id: String,
    /// The key.
    pub key: Secret,
}

impl IssuedApiKey {
    /// The answer to a rotation need not repeat whose key it is.
    fn of(mut self, account_id: &str) -> Self {
        if self.account_id.is_empty() {
            account_id.clone_into(&mut self.account_id);
        }
        self
    }
}

impl fmt::Debug for IssuedApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedApiKey")
            .field("account_id", &self.account_id)
            .field("key_id", &self.key_id)
            .field("key", &self.key)
            .finish()
    }
}

impl<'de> Deserialize<'de> for IssuedApiKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::of(deserializer)?;
        let key = ["apiKey", "apikey"].iter().find_map(|name| match fields.value(name)? {
            Value::String(key) => Some(key),
            _ => None,
        });
        let key = key.ok_or_else(|| D::Error::missing_field("apiKey"))?;
        let mut first = |names: &[&str]| names.iter().find_map(|name| fields.optional(name));
        let account_id = first(&["clientID", "serviceAccountID"]).unwrap_or_default();
        let key_id = first(&["apiKeyID", "keyID"]).ok_or_else(|| D::Error::missing_field("apiKeyID"))?;
        Ok(Self { account_id, key_id, key: Secret::new(key) })
    }
}

/// An API key as the list shows it. `Debug` shows nothing of [`other`](Self::other): a server may list the keys themselves.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ApiKeyInfo {
    /// Its id.
    pub id: String,
    /// `ENABLED` or `DISABLED`, if the API says it.
    pub status: Option<String>,
    /// What else the API says of it.
    pub other: Map<String, Value>,
}

impl fmt::Debug for ApiKeyInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ApiKeyInfo");
        shown.field("id", &self.id).field("status", &self.status).field("other", &self.other.len()).finish()
    }
}

impl<'de> Deserialize<'de> for ApiKeyInfo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::of(deserializer)?;
        let id = ["ID", "apiKeyID", "keyID"].iter().find_map(|name| fields.optional(name));
        let id = id.ok_or_else(|| D::Error::missing_field("ID"))?;
        Ok(Self { id, status: fields.optional("status"), other: fields.rest() })
    }
}

/// The answer around keys.
struct ApiKeys(Vec<ApiKeyInfo>);

impl<'de> Deserialize<'de> for ApiKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let keys = Fields::of(deserializer)?.value("apiKeys").ok_or_else(|| D::Error::missing_field("apiKeys"))?;
        Vec::deserialize(keys).map(Self).map_err(|_| D::Error::custom("an API key is not what was expected"))
    }
}
