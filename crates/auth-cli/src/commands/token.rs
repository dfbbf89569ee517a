//! `authctl token`: a valid token, for a script.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use auth_core::Credential;
use clap::ValueEnum;
use http::header::AUTHORIZATION;
use jiff::Timestamp;
use serde_json::json;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::{moment, selection, terminal};

#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  token=$(authctl token) || exit
  header=$(authctl token -o header) && echo \"$header\" | curl -H @- https://api.acme.example
  authctl -p nightly token -o json --min-ttl 10m")]
pub(crate) struct Args {
    /// Fetch a new token unless the present one is valid for at least this long
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = crate::argument::time)]
    min_ttl: Duration,
    /// Fetch a new token, even if a kept one is valid
    #[arg(long)]
    force: bool,
    /// How it is printed
    #[arg(long, short, value_name = "FORMAT", default_value = "raw")]
    output: Form,
}

/// How a token is printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// The token, and nothing else
    Raw,
    /// The header lines that a request carries
    Header,
    /// An object with access_token, token_type, expires_at, expires_in and source
    Json,
    /// When it ends, in UTC
    Expiry,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let access = selection::select(context)?;
    let auth = if args.force { context.authenticator_of_new(&access)? } else { context.authenticator(&access)? };
    let token = context.token(&auth, args.min_ttl).await?;
    let left = moment::left(&token);
    let text = match args.output {
        Form::Raw => secret(&token)?.to_owned(),
        Form::Header => headers(&token)?,
        Form::Json => document(&token, left, auth.id())?.to_string(),
        Form::Expiry => match token.expires_at() {
            Some(end) => utc(end)?,
            None => return Err(Failure::failed("nobody says when this token ends: neither its issuer nor it itself")),
        },
    };
    terminal::data_line(text)?;
    Ok(Exit::Ok.code())
}

fn secret(token: &Credential) -> Result<&str, Failure> {
    let none = || Failure::new(Exit::NoCredentials, "no credential is needed here, so there is no token");
    Ok(token.secret().ok_or_else(none)?.expose())
}

/// A line for each header, as HTTP/1.1 writes them.
fn headers(token: &Credential) -> Result<String, Failure> {
    secret(token)?;
    let mut lines = Vec::new();
    for (name, value) in token.headers() {
        // What is rendered is visible ASCII; see `Token`.
        let value = value.to_str().map_err(|_| Failure::failed(format!("the header {name} is no text")))?;
        // Names are alike in every case, and this is the one that people know.
        let name = if name == AUTHORIZATION { "Authorization" } else { name.as_str() };
        lines.push(format!("{name}: {value}"));
    }
    Ok(lines.join("\n"))
}

fn document(token: &Credential, left: Option<Duration>, source: &str) -> Result<serde_json::Value, Failure> {
    Ok(json!({
        "access_token": secret(token)?,
        "token_type": kind(token),
        "expires_at": token.expires_at().map(utc).transpose()?,
        "expires_in": left.map(|left| left.as_secs()),
        "source": source,
    }))
}

/// The scheme, else the header that it goes in.
fn kind(token: &Credential) -> Option<String> {
    let (name, value) = token.headers().next()?;
    if name != AUTHORIZATION {
        return Some(name.to_string());
    }
    let (scheme, _) = value.to_str().ok()?.split_once(' ')?;
    Some(scheme.to_owned())
}

/// ISO 8601, in whole seconds: the one in which it ends, at the earliest.
fn utc(time: SystemTime) -> Result<String, Failure> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let time = i64::try_from(since).ok().and_then(|since| Timestamp::from_second(since).ok());
    Ok(time.ok_or_else(|| Failure::failed("the token ends after the year 9999"))?.to_string())
}
