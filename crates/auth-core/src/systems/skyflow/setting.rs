//! The settings, each by all its names.

use crate::settings::Setting;

pub(super) const PATH: Setting =
    Setting::new("credentials_path", "the path of a credentials.json").with_keys(&["credentials_path"]);
pub(super) const CREDENTIALS: Setting = Setting::secret("credentials", "the content of a credentials.json")
    .with_variables(&["SKYFLOW_CREDENTIALS"])
    .with_keys(&["credentials"]);
pub(super) const TOKEN: Setting =
    Setting::secret("token", "a bearer token that somebody else renews").with_keys(&["token"]);
pub(super) const API_KEY: Setting =
    Setting::secret("api_key", "an API key: 42 characters that begin with `sky-`").with_keys(&["api_key"]);
pub(super) const ROLES: Setting =
    Setting::new("roles", "the roles that tokens are restricted to, separated by spaces or commas")
        .with_keys(&["roles"]);
pub(super) const CTX: Setting =
    Setting::secret("ctx", "what the vault's policies may know of the request: a string or a JSON object")
        .with_keys(&["ctx"]);
pub(super) const VAULT_URL: Setting = Setting::new("vault_url", "the vault's base URL").with_keys(&["vault_url"]);
pub(super) const CLUSTER_ID: Setting =
    Setting::new("cluster_id", "the vault's cluster, in place of its URL").with_keys(&["cluster_id"]);
pub(super) const ENV: Setting =
    Setting::new("env", "the cluster's environment, `prod` or `sandbox`").with_keys(&["env"]).with_default("prod");
pub(super) const CONNECTION_URL: Setting =
    Setting::new("connection_url", "the URL of a connection").with_keys(&["connection_url"]);

/// What can be set.
pub(crate) const SETTINGS: &[Setting] =
    &[PATH, CREDENTIALS, TOKEN, API_KEY, ROLES, CTX, VAULT_URL, CLUSTER_ID, ENV, CONNECTION_URL];
