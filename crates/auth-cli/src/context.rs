//! What every command is given.

use std::future::Future;
use std::time::Duration;

use auth_core::Env;

use crate::cli::Global;
use crate::failure::Failure;

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
        let process = Env::process().without_arguments();
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
            Err(_) => {
                let limit = humantime::format_duration(self.timeout());
                Err(Failure::transient(format!("{what} took longer than {limit}: --timeout allows more")))
            }
        }
    }
}
