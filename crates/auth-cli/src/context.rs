//! What every command is given.

use std::future::Future;
use std::time::{Duration, Instant};

use auth_core::{Authenticator, Credential, Env, Error, ErrorKind};

use crate::cli::Global;
use crate::failure::Failure;
use crate::{moment, terminal};

/// The environment, and what the arguments say of it.
#[derive(Debug)]
pub(crate) struct Context {
    /// The process's environment, with the file of `--dotenv` behind it.
    pub(crate) env: Env,
    /// The process's environment alone: for what the program that started this one says by it.
    pub(crate) process: Env,
    pub(crate) global: Global,
}

impl Context {
    pub(crate) fn new(global: Global) -> Result<Self, Failure> {
        if global.timeout.is_zero() {
            return Err(Failure::usage("--timeout has to be more than 0s"));
        }
        let process = Env::process().without_builder_hints();
        let env = match &global.dotenv {
            Some(file) => process.clone().with_dotenv(file)?,
            None => process.clone(),
        };
        Ok(Self { env, process, global })
    }

    /// How long anything may take that is waited for.
    pub(crate) fn timeout(&self) -> Duration {
        self.global.timeout
    }

    /// What `future` brings, within `--timeout`.
    pub(crate) async fn in_time<T, E: Into<Failure>>(
        &self,
        what: &str,
        future: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(self.timeout(), future).await {
            Ok(result) => result.map_err(Into::into),
            Err(_) => Err(self.too_late(what, None)),
        }
    }

    /// A token with this much life left (`--min-ttl`), within `--timeout`. If one fetch can't bring that, it is the best there is, and a
    /// warning says so.
    pub(crate) async fn token(&self, auth: &Authenticator, min_ttl: Duration) -> Result<Credential, Failure> {
        let began = Instant::now();
        let fetched = tokio::time::timeout(self.timeout(), auth.token(min_ttl)).await;
        match fetched {
            // The same time, by the library's clock.
            Ok(Err(error)) if error.kind() != ErrorKind::Timeout || began.elapsed() < self.timeout() => {
                Err(error.into())
            }
            Ok(Ok(credential)) => {
                if let Some(left) = moment::left(&credential).filter(|left| *left < min_ttl) {
                    let [left, wanted] = [Duration::from_secs(left.as_secs()), min_ttl].map(humantime::format_duration);
                    terminal::warn(format_args!(
                        "the token is valid for {left}, which is less than {wanted}: there is none better"
                    ));
                }
                Ok(credential)
            }
            Ok(Err(_)) | Err(_) => Err(self.too_late("fetching a token", auth.status().last_error())),
        }
    }

    /// Whether more time would help is said by what went wrong last: an issuer that has answered had enough.
    fn too_late(&self, what: &str, last: Option<&Error>) -> Failure {
        let limit = humantime::format_duration(self.timeout());
        let said = format!("{what} took longer than {limit}");
        Failure::transient(match last {
            None => format!("{said}: --timeout allows more"),
            Some(error) if error.status().is_some() => format!("{said}; the last attempt failed: {error}"),
            Some(error) => format!("{said}, which --timeout can change; the last attempt failed: {error}"),
        })
    }
}
