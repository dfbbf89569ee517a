//! `authctl export`: a token for the shell that asks.

mod cmd;
mod dotenv;
mod fish;
mod github_actions;
pub(crate) mod posix;
mod powershell;
#[cfg(test)]
mod tests;

use std::process::ExitCode;
use std::time::Duration;

use auth_core::Secret;

use crate::commands::credential_helper::process;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::held::Held;
use crate::terminal;
use crate::variables::Variables;

/// Print a valid token and what belongs to it as assignments, quoted for who reads them.
///
/// The names are those that `authctl exec` sets.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  eval \"$(authctl export)\"
  authctl export -f fish | source
  authctl export -f powershell | Out-String | Invoke-Expression
  authctl export -f cmd > token.cmd && call token.cmd && del token.cmd")]
pub(crate) struct Args {
    /// The format, by who reads it
    #[arg(long, short, value_enum, default_value_t = Format::Env)]
    format: Format,
    /// Assign the token to this variable, too; can be repeated
    #[arg(long = "env", value_name = "NAME")]
    named: Vec<String>,
    /// Fetch a new token unless the present one is valid for at least this long
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = crate::argument::time)]
    min_ttl: Duration,
}

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines for sh, bash and zsh to eval
    Env,
    /// The same without export, for the shell alone
    EnvNoExport,
    /// Lines for fish to source
    Fish,
    /// Lines for Invoke-Expression of PowerShell
    #[value(name = "powershell")]
    PowerShell,
    /// Lines of a file for cmd.exe to call
    Cmd,
    /// Lines of a .env file
    Dotenv,
    /// A mask for the log of GitHub Actions, and lines in the file that GITHUB_ENV names
    GithubActions,
    /// The JSON of credential_process, as authctl credential-helper process prints it
    Process,
}

/// Why a value can't be written. Says nothing of the value.
type Unfit = &'static str;

impl Format {
    /// One assignment, with its line's end.
    fn assignment(self, name: &str, value: &str) -> Result<String, Unfit> {
        // No environment can hold it.
        if value.contains('\0') {
            return Err("a NUL character");
        }
        match self {
            Self::Env => Ok(format!("export {name}={}\n", posix::quoted(value))),
            Self::EnvNoExport => Ok(format!("{name}={}\n", posix::quoted(value))),
            Self::Fish => Ok(format!("set -gx {name} {}\n", fish::quoted(value))),
            Self::PowerShell => Ok(format!("$env:{name} = {}\n", powershell::quoted(value))),
            Self::Cmd => cmd::assignment(name, value),
            Self::Dotenv => Ok(format!("{name}={}\n", dotenv::quoted(value)?)),
            Self::GithubActions => Ok(github_actions::assignment(name, value)),
            Self::Process => Err("no place in this format"),
        }
    }

    fn assignments<'a>(self, all: impl Iterator<Item = (&'a str, &'a Secret)>) -> Result<String, Failure> {
        let mut text = String::new();
        for (name, value) in all {
            text += &self.assignment(name, value.expose()).map_err(|unfit| {
                Failure::failed(format!("the value of {name} has {unfit}, which this format has no way to write"))
            })?;
        }
        Ok(text)
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let held = Held::select(context, args.min_ttl).await?;
    if args.format == Format::Process {
        terminal::exact(process::document(&held))?;
        return Ok(Exit::Ok.code());
    }
    let variables = Variables::with_token(&held.access, Some(&held.token), held.end, &args.named)?;
    let text = args.format.assignments(variables.iter())?;
    match args.format {
        Format::GithubActions => github_actions::publish(&held.token, &text, context)?,
        _ => terminal::exact(text)?,
    }
    Ok(Exit::Ok.code())
}
