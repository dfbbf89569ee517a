//! `authctl emulator`: the emulated systems as a server, for programs in any language.

mod config;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use auth_core::adapter::io_reason;
use auth_emulator::{Account, Emulator};

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::program::child::Child;
use crate::program::signals::Signals;
use crate::terminal;

/// Run the emulated systems on this machine, for tests in any language.
///
/// Prints its base URL on stdout and serves until it is interrupted or terminated; or, with a command, as long as that runs,
/// with AUTHCTL_CONFIG set to a config that has a profile of each system, and AUTHCTL_EMULATOR_URL to the base URL; 126 and 127 are as of exec. What it
/// recorded, and faults, are at the base URL's /_emulator, in JSON: the README of the crate auth-emulator has the table.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  authctl emulator -- npm test
  authctl emulator -- sh
  authctl emulator --port 8081 --token-lifetime 30s")]
pub(crate) struct Args {
    /// The address to listen on; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", conflicts_with = "port", value_parser = crate::argument::address)]
    listen: Option<SocketAddr>,
    /// Listen on this port of 127.0.0.1
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Keep Cape's personal access tokens in this file over a restart: digests, no tokens
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// How long tokens live
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = crate::argument::time)]
    token_lifetime: Duration,
    /// Write a config with a profile of each system: default, ibm, watsonx, skyflow, cape, podstack, ivcap, oauth
    #[arg(long, value_name = "FILE")]
    write_config: Option<PathBuf>,
    /// A command to run with that config; its exit code is that of this command, too
    #[arg(last = true, value_name = "CMD")]
    command: Vec<std::ffi::OsString>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    if context.global.config.is_some() {
        return Err(Failure::usage(
            "the emulator reads no config, which --config names: --write-config FILE writes one",
        ));
    }
    let mut signals = Signals::listen()?;
    let address = args.listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, args.port.unwrap_or(0)).into());
    let builder = Emulator::builder().with_address(address).with_token_lifetime(args.token_lifetime).with_control();
    let builder = match &args.state {
        Some(file) => builder.with_cape_state(file),
        None => builder,
    };
    let emulator = builder.start().await.map_err(|error| not_started(&error, address, args.state.as_deref()))?;
    let accounts = emulator.accounts();
    let config = args.write_config.map(|file| config::Config::at(file, &accounts)).transpose()?;
    let [program, arguments @ ..] = args.command.as_slice() else {
        terminal::data_line(emulator.url())?;
        announce(&accounts, config.as_ref());
        signals.end().await;
        return Ok(Exit::Ok.code());
    };
    let config = config.map_or_else(|| config::Config::beside(&accounts), Ok)?;
    let mut command = Command::new(program);
    command.args(arguments).env("AUTHCTL_CONFIG", config.path()).env("AUTHCTL_EMULATOR_URL", emulator.url());
    // They would choose among the profiles of another config.
    command.env_remove("AUTHCTL_PROFILE").env_remove("AUTHCTL_SOURCE");
    match Child::start(command, &args.command) {
        Ok(mut child) => child.end(&mut signals).await,
        Err(code) => Ok(code),
    }
}

/// The system's own words, which hold no secret, and the setting that they are about.
fn not_started(error: &std::io::Error, address: SocketAddr, state: Option<&std::path::Path>) -> Failure {
    use std::io::ErrorKind::{AddrInUse, AddrNotAvailable, InvalidData, InvalidInput, PermissionDenied};
    match error.kind() {
        InvalidInput => Failure::usage(format!("--listen {address}: {error}")),
        AddrInUse | AddrNotAvailable => {
            Failure::failed(format!("{address} can't be listened on: {}", io_reason(error.kind())))
        }
        PermissionDenied if state.is_none() => {
            Failure::failed(format!("{address} can't be listened on: {}", io_reason(error.kind())))
        }
        InvalidData => Failure::failed(format!("--state: {error}")),
        kind => match (state, io_reason(kind)) {
            (Some(file), why) => Failure::failed(format!("--state {}, or {address}: {why}", file.display())),
            (None, why) => Failure::failed(format!("the emulator can't be started: {why}")),
        },
    }
}

/// For people, who need to know where they can go from here.
fn announce(accounts: &[Account], config: Option<&config::Config>) {
    terminal::say("emulated systems, for tests alone, until this is interrupted:");
    for account in accounts {
        let place = ["endpoint", "url", "vault_url", "host"].iter().find_map(|name| account.setting(name));
        terminal::say(format_args!("  {:<9} {}", account.name(), place.unwrap_or_default()));
    }
    match config {
        Some(config) => terminal::say(format_args!("their credentials: AUTHCTL_CONFIG={}", config.path().display())),
        None => {
            terminal::say("their credentials: `--write-config FILE` writes them, `-- CMD` runs a command with them");
        }
    }
}
