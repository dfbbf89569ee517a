//! IVCAP: services.

use std::fmt;

use auth_core::{Access, Error};
use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::fields::Fields;
use crate::{ApiClient, Pages, Paging};

/// So many on a page, as the Python SDK asks by default.
const PAGE: usize = 10;

/// Lists the services of an IVCAP deployment, as `IVCAP().list_services()` of its Python SDK does.
///
/// ```
/// use auth_reqwest::{ApiError, clients::IvcapClient};
///
/// # async fn example(client: IvcapClient) -> Result<(), ApiError> {
/// let mut services = client.services();
/// while let Some(page) = services.next().await? {
///     page.iter().for_each(|service| println!("{} {:?}", service.id, service.name));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct IvcapClient(ApiClient);

impl IvcapClient {
    /// A client for this access, with a token or inside of a container without.
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

    /// The services, 10 on a page, as the Python SDK asks; [`Pages::limit`] changes that, up to 50. More parameters, such as
    /// `filter`, go on the [`Pages`].
    ///
    /// Of a link to the next page only the query is used, on the configured base: the API behind a gateway names hosts that
    /// are not to get the token.
    pub fn services(&self) -> Pages<Service> {
        let paging = Paging::links("/links").items_at(["/items"]).query_only();
        self.0.pages("/1/services2", paging).presetting("limit", PAGE).presetting("order-desc", false)
    }
}

/// A service. `Debug` shows nothing of [`other`](Self::other).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Service {
    /// Its URN.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// The account it belongs to.
    pub account: Option<String>,
    /// What else the API says of it.
    pub other: Map<String, Value>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Service");
        shown.field("id", &self.id).field("name", &self.name).field("description", &self.description);
        shown.field("account", &self.account).field("other", &self.other.len()).finish()
    }
}

impl<'de> Deserialize<'de> for Service {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::of(deserializer)?;
        let id = fields.text("id")?;
        let (name, description) = (fields.optional("name"), fields.optional("description"));
        Ok(Self { id, name, description, account: fields.optional("account"), other: fields.rest() })
    }
}
