//! `authctl exec`: a program with a credential in its environment.

mod renewal;
#[cfg(unix)]
mod replacing;
mod supervising;
mod token_file;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::context::Context;
use crate::failure::Failure;
use crate::selection;
use crate::variables::Variables;

/// Run a program with a valid token in its environment.
///
/// The program finds the token as AUTHCTL_TOKEN (with AUTHCTL_TOKEN_EXPIRES_AT and AUTHCTL_ENDPOINT), and under the names that
/// the system's own clients read. Its input, output and exit code are the program's; 126 if it can't be started, 127 if there is
/// none.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  authctl exec -- python report.py
  authctl -p vault exec --env VAULT_TOKEN -- node sync.js
  authctl exec --refresh file -- ./worker")]
pub(crate) struct Args {
    /// What to do before the token ends. Default: file with --token-file, else none
    #[arg(long, value_enum)]
    refresh: Option<Refresh>,
    /// Put the token, or the path of its file, into this variable, too; can be repeated
    #[arg(long = "env", value_name = "NAME")]
    named: Vec<String>,
    /// Keep the token in this file, not in a private folder; it is removed at the end
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// When the program is restarted, kill it if it has not ended after this time
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = crate::argument::time)]
    grace: Duration,
    /// Fetch a new token unless the present one is valid for at least this long
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = crate::argument::time)]
    min_ttl: Duration,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<OsString>,
}

/// What happens before the token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Refresh {
    /// The program gets one token, and takes the place of authctl
    None,
    /// The program is asked to end by SIGTERM, and started again with the new token
    Restart,
    /// The token is in a file that is rewritten, and the program has its path in AUTHCTL_TOKEN_FILE
    File,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let refresh = match (args.refresh, &args.token_file) {
        (None | Some(Refresh::File), Some(_)) => Refresh::File,
        (Some(_), Some(_)) => return Err(Failure::usage("--token-file goes with --refresh file")),
        (refresh, None) => refresh.unwrap_or(Refresh::None),
    };
    let access = selection::select(context)?;
    let auth = context.authenticator(&access)?;
    let credential = context.token(&auth, args.min_ttl).await?;
    let supervised =
        supervising::Supervised { program: &args.command, named: &args.named, access: &access, auth: &auth };
    match refresh {
        // Nothing is renewed where nothing is attached.
        _ if credential.secret().is_none() => once(&supervised, None).await,
        Refresh::None => once(&supervised, credential.secret()).await,
        Refresh::Restart => supervised.restarted(credential, args.grace).await,
        Refresh::File => supervised.with_file(credential, args.token_file.as_deref()).await,
    }
}

/// With one token, or none. Where it can, the program takes the place of this one: its signals, its terminal and how it ends
/// are its own then.
async fn once(
    supervised: &supervising::Supervised<'_>,
    token: Option<&auth_core::Secret>,
) -> Result<ExitCode, Failure> {
    let end = supervised.auth.status().expires_at();
    let variables = Variables::with_token(supervised.access, token, end, supervised.named)?;
    let command = supervised.command(&variables);
    #[cfg(unix)]
    return Ok(replacing::replace(command, supervised.program));
    #[cfg(not(unix))]
    return supervising::wait(command, supervised.program).await;
}
