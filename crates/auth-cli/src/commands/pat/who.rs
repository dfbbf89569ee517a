//! Who manages tokens, and where.

use auth_core::systems::Cape;
use auth_reqwest::clients::CapeClient;

use crate::context::Context;
use crate::failure::Failure;
use crate::given_token::GivenToken;
use crate::selection;

/// Where the token may stand, beside the profile and the login. Named after Cape, so that no other system's token is taken
/// for one of Cape's.
const VARIABLE: &str = "CAPE_TOKEN";

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Signing in")]
pub(super) struct Who {
    #[command(flatten)]
    token: GivenToken,
    /// The server. Default: that of the profile, else https://app.capeprivacy.com
    #[arg(long, global = true, value_name = "URL")]
    url: Option<String>,
}

impl Who {
    pub(super) async fn client(&self, context: &Context) -> Result<CapeClient, Failure> {
        let mut cape = match selection::profile_of("cape", context)? {
            Some(profile) => Cape::from_profile(profile, &context.env),
            None => Cape::from_env(&context.env),
        };
        if let Some(token) = self.token.read(VARIABLE, context).await? {
            cape = cape.token(token);
        }
        if let Some(url) = &self.url {
            cape = cape.host(url);
        }
        Ok(CapeClient::new(&cape.access()?)?)
    }
}
