//! What Skyflow's settings are called.

use crate::settings::Setting;

pub(super) const PATH: Setting =
    Setting::new("credentials_path", "the path of a credentials.json").with_keys(&["credentials_path"]);
pub(super) const TEXT: Setting = Setting::secret("credentials", "the content of a credentials.json")
    .with_variables(&["SKYFLOW_CREDENTIALS"])
    .with_keys(&["credentials"]);
pub(super) const TOKEN: Setting =
    Setting::secret("token", "a bearer token that somebody else renews").with_keys(&["token"]);
pub(super) const API_KEY: Setting =
    Setting::secret("api_key", "an API key: 42 characters beginning with `sky-`").with_keys(&["api_key"]);
pub(super) const ROLES: Setting =
    Setting::new("roles", "the ids of the roles that tokens are restricted to").with_keys(&["roles"]);
pub(super) const CTX: Setting =
    Setting::secret("ctx", "the context that a vault's policies may look at: text or a JSON object")
        .with_keys(&["ctx"]);
pub(super) const VAULT_URL: Setting = Setting::new("vault_url", "the vault's base URL").with_keys(&["vault_url"]);
pub(super) const CLUSTER_ID: Setting =
    Setting::new("cluster_id", "the vault's cluster, instead of its URL").with_keys(&["cluster_id"]);
pub(super) const VAULT_ENV: Setting =
    Setting::new("env", "the environment of the cluster: `prod` (the default) or `sandbox`").with_keys(&["env"]);
pub(super) const CONNECTION_URL: Setting =
    Setting::new("connection_url", "the base URL of a connection").with_keys(&["connection_url"]);

/// The kinds of credentials, of which there may be one.
pub(super) const KINDS: [&Setting; 4] = [&PATH, &TEXT, &TOKEN, &API_KEY];

/// What can be set.
pub const SETTINGS: [Setting; 10] =
    [PATH, TEXT, TOKEN, API_KEY, ROLES, CTX, VAULT_URL, CLUSTER_ID, VAULT_ENV, CONNECTION_URL];
