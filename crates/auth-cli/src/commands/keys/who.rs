//! Who manages keys, and where.

use auth_core::Endpoint;
use auth_core::systems::Skyflow;
use auth_reqwest::ApiClient;
use auth_reqwest::clients::SkyflowKeys;

use crate::context::Context;
use crate::failure::Failure;
use crate::selection;

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Signing in")]
pub(super) struct Who {
    /// The management API, for a vault at no host of Skyflow's own; the credential goes there
    #[arg(long, global = true, value_name = "URL")]
    management_url: Option<String>,
}

impl Who {
    pub(super) fn client(&self, context: &Context) -> Result<SkyflowKeys, Failure> {
        let profile = selection::profile_of("skyflow", context)?;
        let (is_profile, skyflow) = match profile {
            Some(profile) => (true, Skyflow::from_profile(profile, &context.env)),
            None => (false, Skyflow::from_env(&context.env)),
        };
        let Some(url) = &self.management_url else {
            let access = skyflow.access()?;
            return SkyflowKeys::new(&access).map_err(|error| {
                let failure = Failure::from(error);
                Failure::new(failure.exit, format!("{} by --management-url", failure.message))
            });
        };
        // No variable says where the vault is, and nothing is sent there.
        let skyflow = if is_profile { skyflow } else { skyflow.vault_url(url) };
        let access = skyflow.access()?.with_endpoint(Endpoint::parse(url)?);
        Ok(SkyflowKeys::with_client(ApiClient::new(&access)?))
    }
}
