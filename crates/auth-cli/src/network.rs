//! Token requests, and requests to an API.

use auth_core::{Access, Authenticator, Error};
use auth_reqwest::{ApiClient, ReqwestTransport, Retries, api_client};

/// What sources send their requests by: the system's certificates and the environment's proxy count.
pub(crate) fn transport() -> Result<ReqwestTransport, Error> {
    ReqwestTransport::new()
}

/// A client of the access's API. Over plain http, which goes to loopback or to a sidecar, no proxy is used, as for tokens: it would
/// see the credential.
pub(crate) fn client(access: &Access, auth: Authenticator) -> Result<ApiClient, Error> {
    let builder = api_client();
    let builder = if is_https(access) { builder } else { builder.no_proxy() };
    let client = builder.build().map_err(|_| {
        Error::misconfigured("no HTTP client can be set up: look at the certificates and at the proxy's variables")
    })?;
    ApiClient::builder(access).client(client).authenticator(auth).retries(Retries::none()).build()
}

fn is_https(access: &Access) -> bool {
    access.endpoint().to_string().starts_with("https://")
}
