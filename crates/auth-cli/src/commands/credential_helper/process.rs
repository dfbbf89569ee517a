//! AWS' `credential_process`
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>).

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::held::Held;
use crate::{moment, terminal};

/// In place of access keys, which a bearer token is not: the format demands them, a request signed with these is refused, and
/// who reads them sees why. Of the characters and the length that AWS' own have.
const NO_KEY: &str = "AUTHCTL_BEARER_TOKEN";

/// Print the JSON of AWS' credential_process, with the token as SessionToken.
///
/// The keys beside it are placeholders: this is for programs that take the session token by itself, and not for AWS.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  credential_process = authctl -p acme credential-helper process")]
pub(crate) struct Args {
    /// Fetch a new token unless the present one is valid for at least this long
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = crate::argument::time)]
    min_ttl: Duration,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    version: u8,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: &'a str,
    /// Without it the reader takes the credentials for ones that never end.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<String>,
}

/// One JSON object on one line.
pub(crate) fn document(held: &Held) -> String {
    let document = Document {
        version: 1,
        access_key_id: NO_KEY,
        secret_access_key: NO_KEY,
        session_token: held.token.expose(),
        expiration: held.end.map(moment::rfc3339),
    };
    // Strings and a number: nothing in it can fail to be JSON.
    serde_json::to_string(&document).unwrap_or_default() + "\n"
}

pub(super) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let held = Held::select(context, args.min_ttl).await?;
    terminal::exact(document(&held))?;
    Ok(Exit::Ok.code())
}
