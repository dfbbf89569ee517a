//! `authctl token`: a valid token, for a script.

use std::process::ExitCode;
use std::time::Duration;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::{selection, terminal};

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// How much longer it has to be valid, if one fetch can bring that
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration)]
    min_ttl: Duration,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let access = selection::select(context)?;
    let auth = context.authenticator(&access)?;
    let token = context.in_time("fetching a token", auth.token(args.min_ttl)).await?;
    let Some(secret) = token.secret() else {
        return Err(Failure::new(Exit::NoCredentials, "no credential is needed here, so there is no token"));
    };
    terminal::data_line(secret.expose())?;
    Ok(Exit::Ok.code())
}
