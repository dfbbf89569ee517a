//! `authctl pat`: Cape's personal access tokens.

mod create;
mod delete;
mod list;
mod who;

use std::process::ExitCode;

use crate::context::Context;
use crate::failure::Failure;

/// Create, list and delete Cape's personal access tokens
///
/// The token that asks for it is --token, else --token-file, else the variable CAPE_TOKEN, else that of the profile that is
/// selected, else the login that `cape login` has left in ~/.config/cape/auth.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  authctl -p cape pat create --name nightly --expiry 30d > nightly.txt
  authctl pat list --token-file nightly.txt -o json
  authctl pat delete ID")]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    who: who::Who,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    Create(create::Args),
    List(list::Args),
    Delete(delete::Args),
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let client = args.who.client(context).await?;
    match args.verb {
        Verb::Create(args) => create::run(args, &client, context).await,
        Verb::List(args) => list::run(args, &client, context).await,
        Verb::Delete(args) => delete::run(args, &client, context).await,
    }
}
