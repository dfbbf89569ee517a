//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use auth_core::Endpoint;

/// Run a local reverse proxy that authenticates every request.
///
/// Callers need the secret that is printed at the start, as `Authorization: Bearer SECRET`, as the password of
/// `Authorization: Basic`, or as `X-Authctl-Secret: SECRET`. It goes no further than this proxy.
///
/// At the start one line of JSON is printed: url, admin and, unless it was given, secret. The second port, admin, has /healthz,
/// /readyz and /metrics.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  authctl proxy --upstream https://api.acme.example --listen 127.0.0.1:8080 --secret-file FILE &
  curl -H \"X-Authctl-Secret: $(cat FILE)\" http://127.0.0.1:8080/v1/items
  authctl -p nightly proxy --admin 127.0.0.1:9090")]
pub(crate) struct Args {
    /// The base URL that requests go to, with the credential. Default: the endpoint of the profile or system
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub(super) upstream: Option<Endpoint>,
    /// The address for callers; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = crate::argument::address)]
    pub(super) listen: SocketAddr,
    /// The address for health and metrics
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = crate::argument::address)]
    pub(super) admin: SocketAddr,
    /// Listen on addresses that other machines reach, too. Whoever has the secret then has the credential's rights
    #[arg(long, conflicts_with = "no_secret")]
    pub(super) allow_remote: bool,
    /// Accept this name in Host, too, with a port or for every port; can be repeated
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(super) allow_host: Vec<String>,
    /// Accept requests of web pages of this origin; can be repeated. Those of others are refused, with the secret, too
    #[arg(long, value_name = "ORIGIN")]
    pub(super) allow_origin: Vec<String>,
    /// Read the secret from this file; if it is not there, make one that you alone can read
    #[arg(long, value_name = "FILE", conflicts_with_all = ["secret_env", "no_secret"])]
    pub(super) secret_file: Option<PathBuf>,
    /// Read the secret from this variable
    #[arg(long, value_name = "VARIABLE", conflicts_with = "no_secret")]
    pub(super) secret_env: Option<String>,
    /// Accept the secret as the first segment of the path, too, for clients of which only the base URL can be set
    #[arg(long, conflicts_with = "no_secret")]
    pub(super) secret_in_path: bool,
    /// Ask callers for no secret: every program and user of this machine may then use the credential
    #[arg(long)]
    pub(super) no_secret: bool,
    /// If a caller sends an Authorization of its own, pass that on and not the credential
    #[arg(long)]
    pub(super) keep_authorization: bool,
    /// The most connections of callers at a time; others wait. An open WebSocket is not counted
    #[arg(long, value_name = "NUMBER", default_value = "4096", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) max_connections: u32,
    /// How long requests may take to finish after a SIGTERM or SIGINT
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = crate::argument::time)]
    pub(super) grace: Duration,
}

fn endpoint(url: &str) -> Result<Endpoint, auth_core::Error> {
    Endpoint::parse(url)
}
