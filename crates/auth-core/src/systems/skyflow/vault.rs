//! Where a vault is.

use super::setting;
use crate::settings::{Found, Lookup, Provenance, Settings};
use crate::{Endpoint, Error, Secret};

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
    pub(super) vault_url: Option<Secret>,
    pub(super) cluster_id: Option<Secret>,
    pub(super) env: Option<VaultEnv>,
}

const CLUSTER: &str = setting::CLUSTER_ID.name();

/// The vault's base URL and where it came from: arguments before the profile, and in each a URL or a cluster.
pub(super) fn find(given: &Given, settings: &mut Settings) -> Result<(Endpoint, Provenance), Error> {
    let is_given = |value: &Option<Secret>| value.as_ref().is_some_and(|value| !value.expose().is_empty());
    match (is_given(&given.vault_url), is_given(&given.cluster_id)) {
        (true, true) => {
            return Err(Error::misconfigured("both `vault_url` and `cluster_id` are given: leave one of them out"));
        }
        // A cluster that the program names comes before a URL of the profile.
        (false, true) => return cluster(given, settings, &[]).and_then(found_or_missing),
        _ => {}
    }
    if let Some(url) = settings.find(&Lookup::of(&setting::VAULT_URL).argument(given.vault_url.as_ref()))? {
        return Ok((url.endpoint()?, url.provenance().clone()));
    }
    cluster(given, settings, &[CLUSTER]).and_then(found_or_missing)
}

fn cluster(given: &Given, settings: &mut Settings, keys: &[&str]) -> Result<Option<(Endpoint, Provenance)>, Error> {
    let lookup = Lookup::new(CLUSTER).argument(given.cluster_id.as_ref()).keys(keys);
    let Some(cluster) = settings.find(&lookup)? else { return Ok(None) };
    let env = match given.env {
        Some(env) => env,
        None => {
            settings.find(&Lookup::of(&setting::ENV))?.as_ref().map(VaultEnv::read).transpose()?.unwrap_or_default()
        }
    };
    let id = cluster.value().trim();
    // One label of a host name, or the host could be anybody's.
    if id.is_empty() || id.len() > 63 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(cluster.unusable("it has to be letters, digits and hyphens, the first part of the vault's host"));
    }
    let endpoint = Endpoint::parse(&format!("https://{id}.{}", env.domain()))?;
    Ok(Some((endpoint, cluster.provenance().clone())))
}

fn found_or_missing(found: Option<(Endpoint, Provenance)>) -> Result<(Endpoint, Provenance), Error> {
    found.ok_or_else(|| {
        Error::unavailable(
            "no Skyflow vault is configured: give the argument `vault_url` or `cluster_id`, or put one of them into the profile",
        )
    })
}
