//! `authctl doctor`: everything a token needs, checked one by one, and how to mend it.

mod check;
mod claims;
mod clock;
mod config;
mod credential;
mod fetch;
mod files;
mod proxy;
mod reach;
mod report;
mod rights;
mod settings;
mod tls;

use std::process::ExitCode;

use auth_core::Access;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::Told;
use crate::terminal;
use check::Check;

#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  authctl doctor
  authctl -p nightly doctor --offline
  authctl doctor --json | jq '.[] | select(.status == \"fail\")'")]
pub(crate) struct Args {
    /// Lines for a person, or an array of objects: id, status, summary, fix, details
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t)]
    output: Told,
    /// The same as -o json
    #[arg(long, conflicts_with = "output")]
    json: bool,
    /// Check what can be checked without sending anything
    #[arg(long)]
    offline: bool,
}

/// What needs the network, in the order in which it is printed.
const ONLINE: [&str; 10] = [
    reach::API.dns,
    reach::API.connect,
    reach::API.tls,
    reach::TOKEN.dns,
    reach::TOKEN.connect,
    reach::TOKEN.tls,
    clock::ID,
    fetch::ID,
    claims::ID,
    rights::ID,
];

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let (credential, access) = credential::check(context);
    let mut checks = vec![
        credential,
        config::check(context),
        files::check(context, access.as_ref()),
        settings::nearby(context, access.as_ref()),
        settings::shadowed(context, access.as_ref()),
        proxy::check(access.as_ref()),
        files::cache(context),
    ];
    match access {
        None => checks.extend(ONLINE.map(|id| Check::after(id, credential::ID))),
        Some(_) if args.offline => checks.extend(ONLINE.map(|id| Check::skipped(id, "--offline"))),
        Some(access) => checks.extend(online(&access, context).await),
    }
    match if args.json { Told::Json } else { args.output } {
        Told::Text => terminal::data(report::text(&checks))?,
        Told::Json => terminal::data_line(format!("{:#}", report::json(&checks)))?,
    }
    Ok(checks.iter().find(|check| check.is_failed()).map_or(Exit::Ok, |check| check.exit).code())
}

/// The way of a request, from the name of the host to the answer to whom the credential is.
async fn online(access: &Access, context: &Context) -> Vec<Check> {
    let (fetched, api) =
        tokio::join!(fetch::fetch(access, context), reach::reach(&reach::API, access.endpoint().origin(), context));
    let token = match fetched.origin() {
        None => reach::Reached::needless(&reach::TOKEN, "no token is fetched over the network"),
        Some(origin) if origin == *access.endpoint().origin() => {
            reach::Reached::needless(&reach::TOKEN, "it is the API's own host")
        }
        Some(origin) => reach::reach(&reach::TOKEN, &origin, context).await,
    };
    let way = token.broken().or_else(|| fetched.origin().and(api.broken()).filter(|_| token.is_needless()));
    let seen = fetched.answers();
    let clock = clock::check(api.answers().chain(token.answers()).chain(&seen));
    let (fetch, claims) = (fetched.check(way), claims::check(&fetched));
    let rights = match (&fetched.auth, api.broken()) {
        (_, Some(broken)) => Check::after(rights::ID, broken),
        (Some(auth), None) if !fetch.is_failed() && fetch.because.is_none() => {
            rights::check(access, auth, context).await
        }
        _ => Check::after(rights::ID, fetch::ID),
    };
    let ways = api.checks.into_iter().chain(token.checks);
    ways.chain([clock, fetch, claims, rights]).collect()
}
