//! Who manages tokens, and where.

use auth_core::systems::Cape;
use auth_core::{Error, ErrorKind};
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
        if let Some((token, place)) = self.token.read(VARIABLE, context).await? {
            cape = cape.token_from(token, place);
        }
        if let Some(url) = &self.url {
            cape = cape.host(url);
        }
        Ok(CapeClient::new(&cape.access().map_err(with_own_places)?)?)
    }
}

/// The library knows nothing of this command's arguments and its variable.
fn with_own_places(error: Error) -> Failure {
    let is_missing = error.kind() == ErrorKind::Unavailable;
    let failure = Failure::from(error);
    match failure.message.strip_prefix("no token is configured: ").filter(|_| is_missing) {
        Some(others) => {
            let message = format!("no token is configured: give --token-file, set {VARIABLE}, {others}");
            Failure::new(failure.exit, message)
        }
        None => failure,
    }
}
