//! Where Skyflow's endpoints are, and what they take.

use std::{fmt, time::Duration};

use jsonwebtoken::Algorithm;
use serde_json::Value;

use crate::{issuer::Order, realm::Realm, shared::Shared, systems::paths};

/// The life of a token that a person makes in Skyflow's console.
const CONSOLE_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Skyflow: bearer tokens for service accounts, API keys, a vault and its gateway.
///
/// A bearer account has a key file and makes tokens; an API key account has API keys and makes none. Neither can become
/// the other.
#[derive(Clone, Copy)]
pub struct Skyflow<'a>(&'a Shared);

impl<'a> Skyflow<'a> {
    /// The roles that there are, until [`set_roles`](Self::set_roles).
    pub const ROLES: [&'static str; 2] = ["r1", "r2"];
    /// The vault that there is.
    pub const VAULT_ID: &'static str = "emulator-vault";
    /// A table with one record in it; other tables begin empty.
    pub const TABLE: &'static str = "persons";
    /// The `skyflow_id` of that record.
    pub const RECORD_ID: &'static str = "00000000-0000-4000-8000-000000000004";
    /// The session that [`backend_url`](Self::backend_url) asks for, in the header
    /// [`Remote::SESSION_HEADER`](crate::systems::Remote::SESSION_HEADER).
    pub const SESSION: &'static str = crate::systems::Remote::SESSION;

    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self(shared)
    }

    /// The token endpoint: the `tokenURI` of every key file, and the `aud` of every assertion.
    pub fn token_url(&self) -> String {
        format!("{}{}", self.0.url, paths::SKYFLOW_TOKEN)
    }

    /// The base of the vault: a base with a path, to which `/v1/vaults/{vault}/{table}` is added.
    pub fn vault_url(&self) -> String {
        format!("{}/skyflow/vault", self.0.url)
    }

    /// A connection of the gateway. Every path under it gives back what it was sent.
    pub fn connection_url(&self) -> String {
        format!("{}/skyflow/gateway/v1/gateway/outboundRoutes/emulator", self.0.url)
    }

    /// The base of the management API, in place of `https://manage.skyflowapis.com`: a base with a path.
    ///
    /// `POST /v1/serviceAccounts` (with `apiKeyEnabled` or without), then `GET` and `POST
    /// /v1/serviceAccounts/{clientID}/apiKeys`, `DELETE .../apiKeys/{id}`, `POST .../apiKeys/{id}/rotate`, `.../disable`
    /// and `.../enable`.
    pub fn management_url(&self) -> String {
        format!("{}/skyflow/manage", self.0.url)
    }

    /// A backend of your own, as `getBearerToken` calls one: it vends a bearer token for a session, and keeps the key.
    pub fn backend_url(&self) -> String {
        format!("{}{}", self.0.url, paths::SKYFLOW_BACKEND)
    }

    /// The key file of a bearer account made for this call. Its RSA key of 2048 bits is another than those of the two
    /// accounts before it; then they come round again.
    ///
    /// # Panics
    ///
    /// When no RSA key can be made, which the start of the emulator needed as well.
    pub fn credentials_json(&self) -> String {
        let account =
            self.0.systems.skyflow.create_bearer("emulator", self.0.systems.handed_out.next(Algorithm::RS256));
        account.credentials_json(&self.token_url()).to_string()
    }

    /// An API key of an account made for this call: 42 characters that begin with `sky-`.
    pub fn api_key(&self) -> String {
        self.0.systems.skyflow.create_api_key_account().1.key
    }

    /// A bearer token as an SDK gets it, without a token request.
    pub fn token(&self) -> String {
        self.0.issuer.issue(Order::new(Realm::Skyflow, "emulator"), self.0.now()).token
    }

    /// A bearer token as a person gets it in the console: it lives 24 hours, whatever the emulator's lifetime.
    pub fn console_token(&self) -> String {
        let order = Order { lifetime: Some(CONSOLE_LIFETIME), ..Order::new(Realm::Skyflow, "someone@emulator") };
        self.0.issuer.issue(order, self.0.now()).token
    }

    /// Sets which roles there are. A request for another is refused.
    pub fn set_roles<R: Into<String>>(&self, roles: impl IntoIterator<Item = R>) {
        self.0.systems.skyflow.set_roles(roles.into_iter().map(Into::into).collect());
    }

    /// The claims of a token: what became of context and roles is in `ctx` and `roles`.
    ///
    /// # Errors
    ///
    /// As the vault refuses it.
    pub fn verify(&self, token: &str) -> Result<Value, crate::Rejection> {
        super::access::claims(self.0, token)
    }
}

impl fmt::Debug for Skyflow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Skyflow")
            .field("token_url", &self.token_url())
            .field("vault_url", &self.vault_url())
            .field("management_url", &self.management_url())
            .finish_non_exhaustive()
    }
}
