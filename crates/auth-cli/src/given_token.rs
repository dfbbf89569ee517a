//! A token that is given to a command: as an argument, in a file, on stdin or by a variable.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use auth_core::Secret;
use auth_core::adapter::io_reason;
use auth_core::settings::Provenance;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::context::Context;
use crate::failure::Failure;
use crate::terminal;

/// Far more than any token has. What is longer is another file.
const LONGEST: u64 = 64 * 1024;

#[derive(clap::Args, Debug)]
pub(crate) struct GivenToken {
    /// The token; the list of processes and the shell's history show it, so prefer --token-file
    #[arg(long, global = true, value_name = "TOKEN", conflicts_with = "token_file", value_parser = secret)]
    token: Option<Secret>,
    /// A file that holds the token; - is stdin
    #[arg(long, global = true, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text))
}

impl GivenToken {
    /// The argument, else the file, else the variable, and which it is; none if there is none of them.
    pub(crate) async fn read(
        &self,
        variable: &str,
        context: &Context,
    ) -> Result<Option<(Secret, Provenance)>, Failure> {
        if let Some(token) = &self.token {
            terminal::warn(
                "--token shows the token in the list of processes and in the shell's history: use --token-file",
            );
            return some(token.clone(), "--token", Provenance::Argument("--token".into()));
        }
        let Some(file) = &self.token_file else {
            let place = Provenance::Variable(variable.to_owned());
            return Ok(context.env.get(variable)?.map(|token| (Secret::new(token), place)));
        };
        let token = if file == Path::new("-") {
            context.in_time("reading the token from stdin", text(tokio::io::stdin(), "stdin")).await?
        } else {
            let name = file.display().to_string();
            let open = tokio::fs::File::open(file).await;
            let open =
                open.map_err(|error| Failure::usage(format!("{name} can't be read: {}", io_reason(error.kind()))))?;
            context.in_time("reading the token's file", text(open, &name)).await?
        };
        let place = if file == Path::new("-") {
            Provenance::Argument("--token-file -".into())
        } else {
            Provenance::File { path: file.clone(), line: None, key: String::new(), nearby: false }
        };
        some(token, "--token-file", place)
    }
}

fn some(token: Secret, argument: &str, place: Provenance) -> Result<Option<(Secret, Provenance)>, Failure> {
    if token.expose().is_empty() {
        return Err(Failure::usage(format!("{argument} brings an empty token")));
    }
    Ok(Some((token, place)))
}

/// All of it, without the end of its last line, which `echo` and editors add.
async fn text(from: impl AsyncRead + Unpin, name: &str) -> Result<Secret, Failure> {
    let mut text = String::new();
    match from.take(LONGEST + 1).read_to_string(&mut text).await {
        Ok(read) if u64::try_from(read).unwrap_or(u64::MAX) > LONGEST => {
            Err(Failure::usage(format!("{name} holds more than a token: it is longer than 64 KiB")))
        }
        Ok(_) => Ok(Secret::new(text.trim_end_matches(['\r', '\n']))),
        Err(error) => Err(Failure::usage(format!("{name} can't be read: {}", io_reason(error.kind())))),
    }
}
