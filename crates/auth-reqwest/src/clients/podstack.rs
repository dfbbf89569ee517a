//! Podstack: who one is, projects, and the model registry.

use std::fmt;

use auth_core::{Access, Endpoint, Error};
use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::fields::Fields;
use crate::{ApiClient, ApiError, Pages, Paging, Whoami};

/// So many on a page, as Podstack's own client asks.
const PAGE: usize = 20;

/// Asks Podstack who one is and what projects there are.
///
/// ```
/// use auth_reqwest::{ApiError, clients::PodstackClient};
///
/// # async fn example(client: PodstackClient) -> Result<(), ApiError> {
/// println!("{:?}", client.whoami().await?.email);
/// for project in client.projects().all().await? {
///     println!("{} {:?}", project.id, project.name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PodstackClient(ApiClient);

impl PodstackClient {
    /// A client for this access, whose context has the project (`X-Project-ID`).
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

    /// Who the token belongs to.
    ///
    /// # Errors
    /// As [`ApiClient::whoami`].
    pub async fn whoami(&self) -> Result<Whoami, ApiError> {
        self.0.whoami().await
    }

    /// The projects, 20 on a page; [`Pages::limit`] changes that.
    pub fn projects(&self) -> Pages<PodstackItem> {
        let paging = Paging::offset(PAGE).items_at(["", "/projects", "/items", "/data"]);
        self.0.pages("/projects", paging)
    }
}

/// Asks Podstack's model registry, which lives beside the API, at `/api/v1` of its host.
#[derive(Clone, Debug)]
pub struct PodstackRegistry(ApiClient);

impl PodstackRegistry {
    /// A client for the registry on the host of this access's endpoint. For another host give an access
    /// [with that endpoint](Access::with_endpoint).
    ///
    /// # Errors
    /// As [`ApiClient::new`].
    pub fn new(access: &Access) -> Result<Self, Error> {
        let host = Endpoint::parse(&access.endpoint().origin().to_string())?;
        ApiClient::new(&access.clone().with_endpoint(host)).map(Self)
    }

    /// The same over a client with settings of yours, whose endpoint has no path.
    pub fn with_client(client: ApiClient) -> Self {
        Self(client)
    }

    /// For requests that have no method here.
    pub fn api(&self) -> &ApiClient {
        &self.0
    }

    /// The experiments of the project, 20 on a page; [`Pages::limit`] changes that.
    pub fn experiments(&self) -> Pages<PodstackItem> {
        let paging = Paging::offset(PAGE).items_at(["", "/experiments", "/items", "/data"]);
        self.0.pages("/api/v1/experiments", paging)
    }
}

/// A project, or an experiment of the registry. `Debug` shows nothing of [`other`](Self::other).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct PodstackItem {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// What else the API says of it.
    pub other: Map<String, Value>,
}

impl fmt::Debug for PodstackItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("PodstackItem");
        shown.field("id", &self.id).field("name", &self.name).field("other", &self.other.len()).finish()
    }
}

impl<'de> Deserialize<'de> for PodstackItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::of(deserializer)?;
        Ok(Self { id: fields.text("id")?, name: fields.optional("name"), other: fields.rest() })
    }
}
