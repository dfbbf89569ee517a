//! Cape: personal access tokens.

use std::time::{Duration, SystemTime};

use auth_core::{Access, Error, Secret};
use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::json;

use super::fields::Fields;
use crate::{ApiClient, ApiError, path};

/// Creates, lists and deletes personal access tokens of Cape, as `cape token` does.
///
/// ```
/// use auth_reqwest::{ApiError, clients::CapeClient};
/// use std::time::Duration;
///
/// # async fn example(client: CapeClient) -> Result<(), ApiError> {
/// let issued = client.create_token("ci").description("for the build").expires_in(Duration::from_secs(3600)).send().await?;
/// println!("shown once: {}", issued.token.expose());
/// for token in client.tokens().await? {
///     client.delete_token(&token.id).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CapeClient(ApiClient);

impl CapeClient {
    /// A client for this access.
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

    /// Begins to create a token. The name is how people tell tokens apart; it is required.
    pub fn create_token(&self, name: impl Into<String>) -> CreateToken {
        CreateToken {
            client: self.0.clone(),
            name: name.into(),
            description: String::new(),
            function_id: String::new(),
            expiry: Expiry::Never,
        }
    }

    /// The tokens there are, without the tokens themselves.
    ///
    /// # Errors
    /// As [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn tokens(&self) -> Result<Vec<TokenInfo>, ApiError> {
        // Nobody has a token: an empty list, or `null`, as Go writes it.
        let tokens: Option<Vec<TokenInfo>> = self.0.get("/v1/tokens").send().await?.json().await?;
        Ok(tokens.unwrap_or_default())
    }

    /// Deletes a token by its id (`jti`), which revokes it.
    ///
    /// # Errors
    /// As [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn delete_token(&self, id: &str) -> Result<(), ApiError> {
        self.0.delete(path(["v1", "token", id])?).send().await.map(drop)
    }
}

/// A token that is to be created.
#[derive(Clone, Debug)]
#[must_use = "nothing is created until it is sent"]
pub struct CreateToken {
    client: ApiClient,
    name: String,
    description: String,
    function_id: String,
    expiry: Expiry,
}

#[derive(Clone, Copy, Debug)]
enum Expiry {
    Never,
    At(SystemTime),
    /// Later than a clock can say.
    TooFar,
}

impl CreateToken {
    /// What it is for. Default: nothing.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// The only function that it may call. Default: all.
    pub fn function_id(mut self, id: impl Into<String>) -> Self {
        self.function_id = id.into();
        self
    }

    /// How long it lasts from now. Default: for ever.
    pub fn expires_in(mut self, life: Duration) -> Self {
        let now = self.client.authenticator().now().wall();
        self.expiry = now.checked_add(life).map_or(Expiry::TooFar, Expiry::At);
        self
    }

    /// When it ends. Default: never.
    pub fn expires_at(mut self, end: SystemTime) -> Self {
        self.expiry = Expiry::At(end);
        self
    }

    /// Creates it. Not repeated if there is no answer: it may be there already.
    ///
    /// # Errors
    /// [`Config`](crate::ApiErrorKind::Config) without a name, or with an end beyond the year 9999; else as
    /// [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn send(self) -> Result<IssuedToken, ApiError> {
        if self.name.trim().is_empty() {
            return Err(ApiError::config("a token needs a name: give one, by which people tell it from others"));
        }
        let mut body = json!({ "name": self.name, "description": self.description, "function_id": self.function_id });
        let end = match self.expiry {
            Expiry::Never => None,
            Expiry::At(end) => Some(Timestamp::try_from(end).ok()),
            Expiry::TooFar => Some(None),
        };
        if let Some(end) = end {
            let end = end.ok_or_else(|| ApiError::config("the token's end is too far away"))?;
            body["expiry"] = end.to_string().into();
        }
        self.client.post("/v1/token").json(&body).send().await?.json().await
    }
}

/// A token that was created. This is the only time it is there: Cape does not store it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The token.
    pub token: Secret,
}

impl<'de> Deserialize<'de> for IssuedToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { token: Secret::new(Fields::of(deserializer)?.text("token")?) })
    }
}

/// A token as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenInfo {
    /// Its id, by which it is deleted.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for; empty for nothing.
    pub description: String,
    /// When it was created.
    pub created_at: SystemTime,
    /// When it ends, if it does.
    pub expiry: Option<SystemTime>,
    /// When it was used last, if it ever was.
    pub last_used: Option<SystemTime>,
}

impl<'de> Deserialize<'de> for TokenInfo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::of(deserializer)?;
        let time = |fields: &mut Fields, name| {
            let Some(text) = fields.optional(name) else { return Ok(None) };
            let time: Timestamp = text.parse().map_err(|_| D::Error::custom("a time is not of RFC 3339"))?;
            // Go's zero time says that there is none.
            Ok((time.as_second() > 0).then(|| SystemTime::from(time)))
        };
        let created_at = time(&mut fields, "created_at")?.ok_or_else(|| D::Error::missing_field("created_at"))?;
        let (expiry, last_used) = (time(&mut fields, "expiry")?, time(&mut fields, "last_used")?);
        let (id, name) = (fields.text("id")?, fields.text("name")?);
        let description = fields.optional("description").unwrap_or_default();
        Ok(Self { id, name, description, created_at, expiry, last_used })
    }
}
