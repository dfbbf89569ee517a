//! `authctl completions`: what a shell needs to complete what is typed.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::cli::Cli;
use crate::failure::{Exit, Failure};
use crate::terminal;

#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  bash        echo 'eval \"$(authctl completions bash)\"' >> ~/.bashrc
  fish        authctl completions fish > ~/.config/fish/completions/authctl.fish
  zsh         authctl completions zsh > \"${fpath[1]}/_authctl\"
  PowerShell  authctl completions powershell | Out-String | Invoke-Expression")]
pub(crate) struct Args {
    /// The shell that reads it
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    generate(args.shell, &mut command, name, &mut script);
    terminal::data(script)?;
    Ok(Exit::Ok.code())
}
