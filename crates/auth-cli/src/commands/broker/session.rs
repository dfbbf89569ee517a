//! How the page's session is checked.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use auth_core::adapter::io_reason;
use auth_core::{Env, Secret};
use auth_tower::Session;
use clap::ArgGroup;

use crate::failure::Failure;
use crate::network;
use crate::serving::secret_file;

/// A secret is a line; beyond this it is some other file.
const LONGEST: u64 = 64 * 1024;

#[derive(clap::Args, Debug)]
#[group(skip)]
#[command(group(ArgGroup::new("session").required(true).args(["session_secret_file", "session_secret_env", "forward_auth"])))]
pub(super) struct Args {
    /// Read the secret that the backend of the page shares with the broker from this file; - is stdin
    #[arg(long, value_name = "FILE")]
    session_secret_file: Option<PathBuf>,
    /// Read that secret from this variable
    #[arg(long, value_name = "NAME")]
    session_secret_env: Option<String>,
    /// Ask this URL whether a request has a session, as auth_request of nginx does: 2xx is yes
    #[arg(long, value_name = "URL")]
    forward_auth: Option<String>,
    /// Expect the secret in the cookie of this name, not in Authorization: Bearer
    #[arg(long, value_name = "NAME", conflicts_with = "forward_auth")]
    session_cookie: Option<String>,
}

impl Args {
    pub(super) fn read(&self, env: &Env) -> Result<Session, Failure> {
        let session = match &self.forward_auth {
            Some(url) => Session::forward_auth(url, network::transport()?),
            None => {
                let secret = self.secret(env)?;
                match &self.session_cookie {
                    Some(name) => Session::cookie(name, secret),
                    None => Session::bearer(secret),
                }
            }
        };
        session.map_err(|error| Failure::usage(error.to_string()))
    }

    fn secret(&self, env: &Env) -> Result<Secret, Failure> {
        if let Some(path) = &self.session_secret_file {
            return from(path);
        }
        let name = self.session_secret_env.as_deref().unwrap_or_default();
        let secret = env.get(name)?.map(Secret::from);
        secret.ok_or_else(|| Failure::usage(format!("--session-secret-env: the variable {name} is not set, or empty")))
    }
}

/// The line in a file.
fn from(path: &Path) -> Result<Secret, Failure> {
    let read = |reader: &mut dyn Read| {
        let mut text = String::new();
        reader.take(LONGEST).read_to_string(&mut text).map(|_| text)
    };
    let text = if path == Path::new("-") {
        read(&mut io::stdin())
    } else {
        secret_file::check(path, "--session-secret-file")?;
        fs::File::open(path).and_then(|mut file| read(&mut file))
    };
    match text {
        Ok(text) => Ok(Secret::new(text.trim_end_matches(['\r', '\n']))),
        Err(error) => {
            Err(Failure::usage(format!("--session-secret-file {}: {}", path.display(), io_reason(error.kind()))))
        }
    }
}
