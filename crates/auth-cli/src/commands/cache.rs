//! `authctl cache`: the tokens that are kept between commands.

use std::process::ExitCode;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::terminal;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Remove all kept tokens; they stay valid where they are in use
    Clear,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<ExitCode, Failure> {
    match args.verb {
        Verb::Clear => {
            let removed = match context.store()? {
                Some(store) => store.clear()?,
                None => 0,
            };
            terminal::say(match removed {
                0 => "no tokens were kept".to_owned(),
                1 => "removed 1 token".to_owned(),
                many => format!("removed {many} tokens"),
            });
        }
    }
    Ok(Exit::Ok.code())
}
