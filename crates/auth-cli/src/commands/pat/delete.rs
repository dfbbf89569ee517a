//! `authctl pat delete`.

use std::process::ExitCode;

use auth_reqwest::clients::CapeClient;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::{self, printable};

/// Delete a token, which revokes it
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The id of the token, as authctl pat list shows it
    #[arg(value_name = "ID", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    id: String,
}

pub(super) async fn run(args: Args, client: &CapeClient, context: &Context) -> Result<ExitCode, Failure> {
    context.in_time("deleting the token", client.delete_token(&args.id)).await?;
    terminal::say(format_args!("Deleted token {}", printable(&args.id)));
    Ok(Exit::Ok.code())
}
