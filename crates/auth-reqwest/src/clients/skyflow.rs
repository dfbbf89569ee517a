//! Skyflow: records of a vault, and connections through the gateway.

use std::fmt;

use auth_core::{Access, Error};
use http::Method;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};

use super::fields::Fields;
use crate::{ApiClient, ApiError, ApiRequest, path};

/// Reads records of Skyflow vaults, as `vault.get(..)` of its SDKs does. The endpoint is the vault's own host.
///
/// ```
/// use auth_reqwest::{ApiError, clients::SkyflowClient};
///
/// # async fn example(client: SkyflowClient) -> Result<(), ApiError> {
/// for record in client.get("my-vault", "persons").ids(["c4a1-7e"]).send().await? {
///     println!("{:?}", record.fields.keys());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SkyflowClient(ApiClient);

impl SkyflowClient {
    /// A client for this access: a bearer token, or an API key.
    ///
    /// # Errors
    /// As [`ApiClient::new`].
    pub fn new(access: &Access) -> Result<Self, Error> {
        ApiClient::new(access).map(Self)
    }

    /// The same over a client with settings of yours.
    pub fn with_client(client: ApiClient) -> Self {
        Self(client)
    }

    /// For requests that have no method here.
    pub fn api(&self) -> &ApiClient {
        &self.0
    }

    /// Begins to read records of a table.
    pub fn get(&self, vault: impl Into<String>, table: impl Into<String>) -> VaultGet {
        let (vault, table) = (vault.into(), table.into());
        VaultGet { client: self.0.clone(), vault, table, ids: Vec::new(), redaction: None, tokenization: false }
    }
}

/// Records that are to be read.
#[derive(Clone)]
#[must_use = "nothing is read until it is sent"]
pub struct VaultGet {
    client: ApiClient,
    vault: String,
    table: String,
    ids: Vec<String>,
    redaction: Option<String>,
    tokenization: bool,
}

impl VaultGet {
    /// The records with these Skyflow ids.
    pub fn ids<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.ids.extend(ids.into_iter().map(Into::into));
        self
    }

    /// How much is shown: `PLAIN_TEXT`, `MASKED`, `REDACTED`, `DEFAULT`. Default: not said, so the vault decides.
    pub fn redaction(mut self, redaction: impl Into<String>) -> Self {
        self.redaction = Some(redaction.into());
        self
    }

    /// Tokens in place of values. Default: values.
    pub fn tokens(mut self) -> Self {
        self.tokenization = true;
        self
    }

    /// Reads them: `GET /v1/vaults/{vault}/{table}`.
    ///
    /// # Errors
    /// As [`ApiRequest::send`].
    pub async fn send(self) -> Result<Vec<Record>, ApiError> {
        let mut request = self.client.get(path(["v1", "vaults", &self.vault, &self.table])?);
        for id in self.ids {
            request = request.query("skyflow_ids", id);
        }
        if let Some(redaction) = self.redaction {
            request = request.query("redaction", redaction);
        }
        let Records(records) = request.query("tokenization", self.tokenization).send().await?.json().await?;
        Ok(records)
    }
}

impl fmt::Debug for VaultGet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultGet").field("table", &self.table).finish_non_exhaustive()
    }
}

/// A record of a vault. `Debug` shows none of its values: they are why there is a vault.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// The values by the names of their columns.
    pub fields: Map<String, Value>,
    /// Their tokens, if they were asked for.
    pub tokens: Map<String, Value>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("fields", &self.fields.len()).field("tokens", &self.tokens.len()).finish()
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::of(deserializer)?;
        let mut object = |name| match fields.value(name) {
            Some(Value::Object(object)) => Ok(object),
            None | Some(Value::Null) => Ok(Map::new()),
            Some(_) => Err(D::Error::custom("a record's fields are no object")),
        };
        Ok(Self { fields: object("fields")?, tokens: object("tokens")? })
    }
}

/// The answer around records.
struct Records(Vec<Record>);

impl<'de> Deserialize<'de> for Records {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let records = Fields::of(deserializer)?.value("records").ok_or_else(|| D::Error::missing_field("records"))?;
        Vec::deserialize(records).map(Self).map_err(|_| D::Error::custom("a record is not what was expected"))
    }
}

/// Invokes a connection of Skyflow's gateway. Its credential is the raw token in `x-skyflow-authorization`, with no
/// `Bearer`, and nothing in `Authorization`, which belongs to the party behind the gateway.
///
/// ```
/// use auth_reqwest::clients::SkyflowConnection;
/// use auth_reqwest::core::systems::Skyflow;
///
/// # async fn example(skyflow: Skyflow) -> Result<(), Box<dyn std::error::Error>> {
/// let url = "https://abc.gateway.skyflowapis.com/v1/gateway/outboundRoutes/r1";
/// let access = skyflow.connection_url(url).connection()?;
/// let connection = SkyflowConnection::new(&access)?;
/// let answer = connection.request(http::Method::POST, "/pay").json(&serde_json::json!({ "amount": 1 })).send().await?;
/// # let _ = answer;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SkyflowConnection(ApiClient);

impl SkyflowConnection {
    /// A client for an access that [`Skyflow::connection`](auth_core::systems::Skyflow::connection) has made: it knows the
    /// connection's URL, and puts the credential into the connections' header. With the access of a vault the gateway gets
    /// `Authorization`, and refuses it.
    ///
    /// # Errors
    /// As [`ApiClient::new`].
    pub fn new(access: &Access) -> Result<Self, Error> {
        ApiClient::new(access).map(Self)
    }

    /// The same over a client with settings of yours.
    pub fn with_client(client: ApiClient) -> Self {
        Self(client)
    }

    /// For whatever [`request`](Self::request) does not do.
    pub fn api(&self) -> &ApiClient {
        &self.0
    }

    /// A request for a path below the connection's URL.
    pub fn request(&self, method: Method, path: impl Into<String>) -> ApiRequest {
        self.0.request(method, path)
    }
}
