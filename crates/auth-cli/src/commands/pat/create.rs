//! `authctl pat create`.

use std::process::ExitCode;
use std::time::Duration;

use auth_reqwest::clients::CapeClient;

use crate::argument;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::terminal;

/// Create a token and print it; it is shown this once
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The name by which people tell it from others
    #[arg(long, short, value_name = "NAME", value_parser = name)]
    name: String,
    /// What it is for
    #[arg(long, short, value_name = "TEXT", default_value = "", hide_default_value = true)]
    description: String,
    /// How long it is valid, such as 30d or 12h. Default: for ever
    #[arg(long, short, value_name = "TIME", value_parser = expiry)]
    expiry: Option<Duration>,
    /// The only function that it may call. Default: all
    #[arg(long, short, value_name = "ID", default_value = "", hide_default_value = true)]
    function: String,
}

fn name(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("a token needs a name") } else { Ok(text.to_owned()) }
}

fn expiry(text: &str) -> Result<Duration, &'static str> {
    match argument::time(text) {
        Ok(Duration::ZERO) => Err("it would be over at once"),
        result => result,
    }
}

pub(super) async fn run(args: Args, client: &CapeClient, context: &Context) -> Result<ExitCode, Failure> {
    let token = client.create_token(args.name).description(args.description).function_id(args.function);
    let token = match args.expiry {
        Some(life) => token.expires_in(life),
        None => token,
    };
    let issued = context.in_time("creating the token", token.send()).await?;
    terminal::say("Success! Your token, which is shown this once and stored nowhere:");
    terminal::data_line(issued.token.expose())?;
    Ok(Exit::Ok.code())
}
