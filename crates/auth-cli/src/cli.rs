//! What can be typed.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::{NonEmptyStringValueParser, PossibleValue, TypedValueParser};
use clap::{Arg, ArgAction, Args, Parser, Subcommand};

use crate::commands;
use crate::failure::Exit;

/// Tokens in a shell, around a program, behind a local proxy, for a browser's backend.
///
/// The credential is that of the profile that --profile names, else of the system that --system names, else of the first that is
/// configured: `authctl sources` lists them.
///
/// Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 no usable credentials, 4 a person has to sign in, 5 it may work later.
#[derive(Debug, Parser)]
#[command(name = "authctl", version, propagate_version = true, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Args, Debug)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// Use this profile of the config; AUTHCTL_PROFILE names one, too
    #[arg(long, short, global = true, value_name = "NAME", conflicts_with = "system")]
    pub(crate) profile: Option<String>,
    /// Use this system's own variables and files, and no profile
    #[arg(long, short, global = true, value_name = "NAME", value_parser = SystemName)]
    pub(crate) system: Option<String>,
    /// Read this config; else that of AUTHCTL_CONFIG, else authctl/config.toml in the configuration folder
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Read variables from this .env file, too; those of the environment win
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) dotenv: Option<PathBuf>,
    /// The longest to wait for a token or an answer, such as 30s or 2m
    #[arg(long, global = true, value_name = "TIME", default_value = "60s", value_parser = humantime::parse_duration)]
    pub(crate) timeout: Duration,
    /// Keep no token between commands, and use none that was kept
    #[arg(long, global = true)]
    pub(crate) no_cache: bool,
    /// Log to stderr what happens, with -vv all of it; never a secret
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// The name of a system: of those that are known, which help and completions list, or of one that the config describes.
#[derive(Clone)]
struct SystemName;

impl TypedValueParser for SystemName {
    type Value = String;

    fn parse_ref(&self, command: &clap::Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        NonEmptyStringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(auth_core::systems::NAMES.iter().copied().map(PossibleValue::new)))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print a valid token
    Token(commands::token::Args),
    Export(commands::export::Args),
    Exec(commands::exec::Args),
    Proxy(commands::proxy::Args),
    Broker(commands::broker::Args),
    CredentialHelper(commands::credential_helper::Args),
    /// Say who the credential is
    Whoami(commands::whoami::Args),
    /// List where credentials may stand, and which is used
    Sources(commands::sources::Args),
    /// Check everything that a token needs, and say what to change
    Doctor(commands::doctor::Args),
    Pat(commands::pat::Args),
    Keys(commands::keys::Args),
    Emulator(commands::emulator::Args),
    /// Forget the tokens that are kept between commands
    Cache(commands::cache::Args),
    /// Print what a shell needs to complete these commands
    Completions(commands::completions::Args),
}

impl Command {
    /// Whether it runs until somebody ends it.
    pub(crate) fn serves(&self) -> bool {
        matches!(self, Self::Exec(_) | Self::Proxy(_) | Self::Broker(_) | Self::Emulator(_))
    }
}

/// Prints help or what is wrong with the arguments.
pub(crate) fn explain(asked: &clap::Error) -> ExitCode {
    // It quotes what was typed, to the one who typed it. That it can't be printed changes nothing about it.
    let _ = asked.print();
    if asked.use_stderr() { Exit::Usage.code() } else { Exit::Ok.code() }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together() {
        super::Cli::command().debug_assert();
    }

    /// clap_complete puts the help of a value within `"` and `'` both, for fish and zsh to expand, and escapes it for one of
    /// them: with these in it, part of it is code in the completions. Of other helps it escapes too little for zsh, or too much.
    #[test]
    fn no_help_is_code_in_the_completions() {
        fn check(command: &clap::Command, wrong: &mut Vec<String>) {
            let mut look = |what: &str, help: Option<&clap::builder::StyledStr>, hazards: &[char]| {
                let help = help.map(ToString::to_string).unwrap_or_default();
                if help.contains(hazards) || help.contains(char::is_control) {
                    wrong.push(format!("{} {what}: {help}", command.get_name()));
                }
            };
            look("", command.get_about(), &['"', '`', '$', '\\']);
            for argument in command.get_arguments() {
                let name = argument.get_id().as_str();
                look(name, argument.get_help(), &['"', '`', '$', '\\']);
                for value in argument.get_possible_values() {
                    let hazards = ['"', '\'', '`', '$', '\\', '(', ')', '[', ']', ':', '|', '&', '<', '>'];
                    look(&format!("{name}={}", value.get_name()), value.get_help(), &hazards);
                }
            }
            command.get_subcommands().for_each(|command| check(command, wrong));
        }
        let mut wrong = Vec::new();
        check(&super::Cli::command(), &mut wrong);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
