//! Where IVCAP's endpoints are, and what they take.

use std::fmt;

use crate::{issuer::Order, realm::Realm, shared::Shared, systems::paths};

/// IVCAP: a list of services, outside with a token and inside a container without one.
#[derive(Clone, Copy)]
pub struct Ivcap<'a>(&'a Shared);

impl<'a> Ivcap<'a> {
    /// The client id of the command line's grants.
    pub const CLIENT_ID: &'static str = "emulator-ivcap-cli";
    /// The account, a URN.
    pub const ACCOUNT_ID: &'static str = "urn:ivcap:account:00000000-0000-4000-8000-000000000005";
    /// How many services there are.
    pub const SERVICES: usize = 5;
    /// A service that there is, and that nobody may see: 403.
    pub const FORBIDDEN_SERVICE: &'static str = "urn:ivcap:service:forbidden";

    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self(shared)
    }

    /// The base outside of the platform, for `IVCAP_URL`: a base with a path. It wants a token.
    pub fn url(&self) -> String {
        format!("{}/ivcap", self.0.url)
    }

    /// The base that is injected into a container, for `IVCAP_BASE_URL`. A sidecar adds the token there, so a request
    /// that carries one is refused, and its [`note`](crate::RecordedRequest::note) says so.
    pub fn base_url(&self) -> String {
        format!("{}/ivcap/sidecar", self.0.url)
    }

    /// The token endpoint of the command line: the grants `refresh_token`, each token for one use, and `device_code`.
    pub fn token_url(&self) -> String {
        format!("{}{}", self.0.url, paths::IVCAP_TOKEN)
    }

    /// The device authorization endpoint (RFC 8628, section 3.1). Codes wait for [`approve`](Self::approve).
    pub fn device_url(&self) -> String {
        format!("{}{}", self.0.url, paths::IVCAP_DEVICE)
    }

    /// A fresh access token.
    pub fn token(&self) -> String {
        self.0.issuer.issue(Order::new(Realm::Ivcap, Self::ACCOUNT_ID), self.0.now()).token
    }

    /// A fresh refresh token for [`CLIENT_ID`](Self::CLIENT_ID).
    pub fn refresh_token(&self) -> String {
        self.0.systems.refresh_tokens.start(Realm::Ivcap, Self::CLIENT_ID)
    }

    /// Approves every device code that waits, as a person does in a browser, and says how many there were.
    pub fn approve(&self) -> usize {
        self.0.systems.ivcap.approve()
    }
}

impl fmt::Debug for Ivcap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ivcap")
            .field("url", &self.url())
            .field("base_url", &self.base_url())
            .field("token_url", &self.token_url())
            .finish_non_exhaustive()
    }
}
