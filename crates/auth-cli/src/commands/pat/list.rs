//! `authctl pat list`.

use std::process::ExitCode;
use std::time::SystemTime;

use auth_reqwest::clients::{CapeClient, TokenInfo};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::Listed;
use crate::table::drawn;
use crate::terminal;

/// List the tokens, without the tokens themselves
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// A table with times of this machine's zone, or JSON with UTC
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t)]
    output: Listed,
}

pub(super) async fn run(args: Args, client: &CapeClient, context: &Context) -> Result<ExitCode, Failure> {
    let tokens = context.in_time("listing the tokens", client.tokens()).await?;
    match args.output {
        Listed::Json => terminal::data_line(format_args!("{:#}", Value::from_iter(tokens.iter().map(as_json))))?,
        Listed::Table if tokens.is_empty() => {
            terminal::say("No tokens found. You can create tokens with `authctl pat create`");
        }
        Listed::Table => {
            let zone = TimeZone::system();
            let header = ["ID", "NAME", "DESCRIPTION", "CREATED AT", "LAST USED", "EXPIRES"];
            terminal::data_line(drawn(header, tokens.into_iter().map(|token| row(token, &zone))))?;
        }
    }
    Ok(Exit::Ok.code())
}

fn row(token: TokenInfo, zone: &TimeZone) -> [String; 6] {
    let at = |time: Option<SystemTime>| match time.and_then(|time| Timestamp::try_from(time).ok()) {
        Some(time) => time.to_zoned(zone.clone()).strftime("%b %d %Y %H:%M").to_string(),
        None => "Never".to_owned(),
    };
    let [created, used, ends] = [Some(token.created_at), token.last_used, token.expiry].map(at);
    [token.id, token.name, token.description, created, used, ends]
}

/// By Cape's own names.
fn as_json(token: &TokenInfo) -> Value {
    let at =
        |time: Option<SystemTime>| time.and_then(|time| Timestamp::try_from(time).ok()).map(|time| time.to_string());
    json!({
        "id": token.id,
        "name": token.name,
        "description": token.description,
        "created_at": at(Some(token.created_at)),
        "last_used": at(token.last_used),
        "expiry": at(token.expiry),
    })
}
