//! The client itself.

use std::fmt;
use std::sync::Arc;

use auth_core::{Access, Authenticator, Endpoint, Error};
use http::Method;
use reqwest_middleware::ClientWithMiddleware;

use super::{ApiClientBuilder, ApiError, ApiRequest, Pages, Paging, Retries, Whoami};

/// A client of one API: made of an [`Access`], it knows where the API is, who asks, and what every request says besides.
///
/// Requests name a path and get JSON, or an [`ApiError`] that says which setting to change. What may be repeated is
/// repeated ([`Retries`]), lists are read page by page ([`pages`](Self::pages)), and the credential never leaves the
/// endpoint's origin: paths and links to other hosts are refused. Cheap to clone; clones share everything.
///
/// Not for requests to several hosts, which a [`reqwest_middleware`] client with an [`AuthMiddleware`](crate::AuthMiddleware)
/// serves better.
///
/// ```
/// use auth_reqwest::{ApiClient, ApiError, core::{Access, Endpoint, sources::StaticToken}};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let endpoint = Endpoint::parse("https://api.acme.example/v1")?;
/// let client = ApiClient::new(&Access::new("acme", StaticToken::new("my-token")?, endpoint))?;
///
/// let item: serde_json::Value = client.get("/items/7").query("fields", "name").send().await?.json().await?;
/// client.post("/items").json(&serde_json::json!({ "name": item["name"] })).send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ApiClient(pub(super) Arc<Parts>);

pub(super) struct Parts {
    pub(super) client: ClientWithMiddleware,
    pub(super) access: Access,
    pub(super) authenticator: Authenticator,
    pub(super) retries: Retries,
}

impl ApiClient {
    /// A client with the defaults: an [`api_client`](crate::api_client), a [`ReqwestTransport`](crate::ReqwestTransport) for
    /// the source, two retries.
    ///
    /// # Errors
    /// As [`ApiClientBuilder::build`].
    ///
    /// # Panics
    /// As `reqwest::ClientBuilder::build` does: with reqwest's feature `rustls-no-provider`, if no provider was installed.
    pub fn new(access: &Access) -> Result<Self, Error> {
        Self::builder(access).build()
    }

    /// The same, to be changed: a reqwest client or middlewares of your own, a policy, a runtime, other retries.
    pub fn builder(access: &Access) -> ApiClientBuilder {
        ApiClientBuilder::new(access.clone())
    }

    /// A request for `path`, below the endpoint's own. It may have a query. Put what comes from elsewhere, such as an id,
    /// into [`path`](super::path), which encodes it.
    ///
    /// An absolute URL of the endpoint's origin is taken as it is; one of another origin is an error when it is sent.
    pub fn request(&self, method: Method, path: impl Into<String>) -> ApiRequest {
        ApiRequest::new(self.clone(), method, path.into())
    }

    /// A `GET`.
    pub fn get(&self, path: impl Into<String>) -> ApiRequest {
        self.request(Method::GET, path)
    }

    /// A `POST`. Not repeated if it fails, unless it is said to be [idempotent](ApiRequest::idempotent).
    pub fn post(&self, path: impl Into<String>) -> ApiRequest {
        self.request(Method::POST, path)
    }

    /// A `PUT`.
    pub fn put(&self, path: impl Into<String>) -> ApiRequest {
        self.request(Method::PUT, path)
    }

    /// A `PATCH`. Not repeated if it fails, unless it is said to be [idempotent](ApiRequest::idempotent).
    pub fn patch(&self, path: impl Into<String>) -> ApiRequest {
        self.request(Method::PATCH, path)
    }

    /// A `DELETE`.
    pub fn delete(&self, path: impl Into<String>) -> ApiRequest {
        self.request(Method::DELETE, path)
    }

    /// A list that comes in pages.
    ///
    /// ```
    /// # use auth_reqwest::{ApiClient, ApiError, Paging};
    /// # async fn example(client: ApiClient) -> Result<(), ApiError> {
    /// let mut pages = client.pages::<serde_json::Value>("/items", Paging::offset(20).items_at(["/items"]));
    /// while let Some(items) = pages.next().await? {
    ///     println!("{} more", items.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages<T>(&self, path: impl Into<String>, paging: Paging) -> Pages<T> {
        Pages::new(self.clone(), path.into(), paging)
    }

    /// Who one is, as the system says ([`Access::whoami`]).
    ///
    /// # Errors
    /// [`Config`](super::ApiErrorKind::Config) if the system has no such path; else as [`ApiRequest::send`].
    pub async fn whoami(&self) -> Result<Whoami, ApiError> {
        let Some(path) = self.0.access.whoami() else {
            let message = format!("{} has no path that says who one is: give it one", self.0.access.id());
            return Err(ApiError::config(message));
        };
        self.get(path).send().await?.json().await
    }

    /// Where the API is.
    pub fn endpoint(&self) -> &Endpoint {
        self.0.access.endpoint()
    }

    /// What it was made of.
    pub fn access(&self) -> &Access {
        &self.0.access
    }

    /// The authenticator, for its status, an early refresh, or another client.
    pub fn authenticator(&self) -> &Authenticator {
        &self.0.authenticator
    }
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClient")
            .field("access", &self.0.access)
            .field("authenticator", &self.0.authenticator)
            .field("retries", &self.0.retries)
            .finish_non_exhaustive()
    }
}
