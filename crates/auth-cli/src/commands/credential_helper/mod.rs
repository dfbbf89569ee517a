//! `authctl credential-helper`: tokens for programs that ask in a protocol of their own.

mod git;
mod k8s;
pub(crate) mod process;

use std::process::ExitCode;

use crate::context::Context;
use crate::failure::Failure;

/// Answer git, kubectl, or a reader of AWS' credential_process, as each asks for credentials.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    asked_by: AskedBy,
}

#[derive(clap::Subcommand, Debug)]
enum AskedBy {
    Git(git::Args),
    K8s(k8s::Args),
    Process(process::Args),
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    match args.asked_by {
        AskedBy::Git(args) => git::run(args, context).await,
        AskedBy::K8s(args) => k8s::run(args, context).await,
        AskedBy::Process(args) => process::run(args, context).await,
    }
}
