//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use auth_core::Endpoint;

/// Callers need the secret that is printed at the start, as `Authorization: Bearer SECRET`, as the password of
/// `Authorization: Basic`, or as `X-Authctl-Secret: SECRET`. It goes no further than this proxy.
///
/// At the start one line of JSON is printed: url, admin and, unless it was given, secret. The second port, admin, has /healthz,
/// /readyz and /metrics.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The API: where requests go, and the credential with them. Default: the profile's or system's own
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub(super) upstream: Option<Endpoint>,
    /// Where callers connect; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = crate::argument::address)]
    pub(super) listen: SocketAddr,
    /// Where health and metrics are
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = crate::argument::address)]
    pub(super) admin: SocketAddr,
    /// Listen on addresses that other machines reach, too. Whoever has the secret then has the credential's rights
    #[arg(long, conflicts_with = "no_secret")]
    pub(super) allow_remote: bool,
    /// A further name by which callers may reach this proxy (`Host`), with a port or for every port
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(super) allow_host: Vec<String>,
    /// An origin whose web pages may send requests; others may not, the secret or not
    #[arg(long, value_name = "ORIGIN")]
    pub(super) allow_origin: Vec<String>,
    /// The secret's file; made, for the user alone, if there is none
    #[arg(long, value_name = "FILE", conflicts_with_all = ["secret_env", "no_secret"])]
    pub(super) secret_file: Option<PathBuf>,
    /// The variable that holds the secret
    #[arg(long, value_name = "VARIABLE", conflicts_with = "no_secret")]
    pub(super) secret_env: Option<String>,
    /// Take the secret as the first segment of the path, too, for clients of which only the base URL can be set
    #[arg(long, conflicts_with = "no_secret")]
    pub(super) secret_in_path: bool,
    /// Ask callers for nothing: whatever runs on this machine, under any user, may use the credential
    #[arg(long)]
    pub(super) no_secret: bool,
    /// Pass a caller's own Authorization on, in place of the credential
    #[arg(long)]
    pub(super) keep_authorization: bool,
    /// The most connections of callers; others wait to be accepted
    #[arg(long, value_name = "NUMBER", default_value = "4096", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) max_connections: u32,
    /// How long requests may take to finish after a SIGTERM or SIGINT
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = crate::argument::time)]
    pub(super) grace: Duration,
}

fn endpoint(url: &str) -> Result<Endpoint, auth_core::Error> {
    Endpoint::parse(url)
}
