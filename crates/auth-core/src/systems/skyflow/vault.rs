//! Where a vault is.

use super::super::given::Text;
use super::setting::{CLUSTER_ID, ENV, VAULT_URL};
use crate::settings::{Found, Lookup, Settings};
use crate::{Endpoint, Error};

/// The environment of Skyflow that a vault is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VaultEnv {
    /// Production: `https://{cluster}.vault.skyflowapis.com`.
    #[default]
    Prod,
    /// The sandbox, which Skyflow calls preview too: `https://{cluster}.vault.skyflowapis-preview.com`.
    Sandbox,
}

impl VaultEnv {
    fn domain(self) -> &'static str {
        match self {
            Self::Prod => "vault.skyflowapis.com",
            Self::Sandbox => "vault.skyflowapis-preview.com",
        }
    }

    fn read(found: &Found) -> Result<Self, Error> {
        match found.value().trim().to_ascii_lowercase().as_str() {
            "prod" | "production" => Ok(Self::Prod),
            "sandbox" | "preview" => Ok(Self::Sandbox),
            _ => Err(found.unusable("it has to be `prod` or `sandbox`; for others give the `vault_url`")),
        }
    }
}

/// What a program said of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    pub(super) vault_url: Option<Text>,
    pub(super) cluster_id: Option<Text>,
    pub(super) env: Option<VaultEnv>,
}

/// The vault's base URL, and what says so: arguments before the profile, and in each a URL or a cluster.
pub(super) fn find(given: &Given, settings: &mut Settings) -> Result<(Endpoint, Found), Error> {
    let is_given = |value: &Option<Text>| value.as_ref().is_some_and(|value| !value.is_empty());
    if is_given(&given.cluster_id) {
        if is_given(&given.vault_url) {
            return Err(Error::misconfigured("both `vault_url` and `cluster_id` are given: leave one of them out"));
        }
        // A cluster that the program names comes before a URL of the profile.
        let cluster = settings.require(&Lookup::of(&CLUSTER_ID).argument(given.cluster_id.as_ref()))?;
        return of_cluster(cluster, given.env, settings);
    }
    let lookup = Lookup::of(&VAULT_URL).argument(given.vault_url.as_ref());
    if let Some(url) = settings.find(&lookup)? {
        return Ok((url.endpoint()?, url));
    }
    match settings.find(&Lookup::of(&CLUSTER_ID))? {
        Some(cluster) => of_cluster(cluster, given.env, settings),
        None => Err(Error::unavailable(format!("{}; or give `cluster_id`", settings.missing(&lookup)))),
    }
}

fn of_cluster(cluster: Found, env: Option<VaultEnv>, settings: &mut Settings) -> Result<(Endpoint, Found), Error> {
    let env = match env {
        Some(env) => env,
        None => settings.find(&Lookup::of(&ENV))?.as_ref().map(VaultEnv::read).transpose()?.unwrap_or_default(),
    };
    let id = cluster.value().trim();
    // One label of a host name, or the host could be anybody's.
    if id.is_empty() || id.len() > 63 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(cluster.unusable("it has to be letters, digits and hyphens, the first part of the vault's host"));
    }
    Ok((Endpoint::parse(&format!("https://{id}.{}", env.domain()))?, cluster))
}
