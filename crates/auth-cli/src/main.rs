//! `authctl`: tokens in a shell, around a program, behind a local proxy, for a browser's backend.
//!
//! Thin: what is not presentation is in the libraries. [`cli`] says what can be typed, `commands` has one file or folder a
//! command, `serving` what those have in common that serve, `program` those that start one, [`selection`] says whose credential it is, [`failure`] what an exit code means.

#![allow(rustdoc::bare_urls, reason = "doc comments of arguments are what a terminal shows")]

mod argument;
mod cli;
mod commands;
mod context;
mod failure;
mod given_token;
mod held;
mod identity;
mod logging;
mod moment;
mod network;
mod output;
mod program;
#[cfg(test)]
mod reference;
mod selection;
mod serving;
mod table;
mod terminal;
mod variables;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(asked) => return cli::explain(&asked),
    };
    logging::start(cli.global.verbose, cli.command.serves());
    match commands::run(cli) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
