//! The commands, one file or folder each.

pub(crate) mod broker;
pub(crate) mod cache;
pub(crate) mod completions;
pub(crate) mod credential_helper;
pub(crate) mod doctor;
pub(crate) mod emulator;
pub(crate) mod exec;
pub(crate) mod export;
pub(crate) mod keys;
pub(crate) mod pat;
pub(crate) mod proxy;
pub(crate) mod sources;
pub(crate) mod token;
pub(crate) mod whoami;

use std::process::ExitCode;

use auth_core::adapter::io_reason;

use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::failure::Failure;

/// Runs what was asked for.
pub(crate) fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let context = Context::new(cli.global)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::failed(format!("no runtime can be started: {}", io_reason(error.kind()))))?;
    let result = runtime.block_on(async {
        match cli.command {
            Command::Token(args) => token::run(args, &context).await,
            Command::Export(args) => export::run(args, &context).await,
            Command::Exec(args) => exec::run(args, &context).await,
            Command::CredentialHelper(args) => credential_helper::run(args, &context).await,
            Command::Proxy(args) => proxy::run(args, &context).await,
            Command::Whoami(args) => whoami::run(args, &context).await,
            Command::Sources(args) => sources::run(&args, &context),
            Command::Doctor(args) => doctor::run(args, &context).await,
            Command::Pat(args) => pat::run(args, &context).await,
            Command::Broker(args) => broker::run(args, &context).await,
            Command::Keys(args) => keys::run(args, &context).await,
            Command::Emulator(args) => emulator::run(args, &context).await,
            Command::Cache(args) => cache::run(&args, &context),
            Command::Completions(args) => completions::run(&args),
        }
    });
    // What is left, such as a read of stdin that nobody waits for, must not hold up the end.
    runtime.shutdown_background();
    result
}
