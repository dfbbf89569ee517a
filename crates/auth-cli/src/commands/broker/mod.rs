//! `authctl broker`: short-lived tokens for the pages of one's own web application. The rules are those of
//! [`auth_tower::Broker`]; here is how they are set, and the server.

mod serve;
mod session;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use auth_tower::Broker;
use tokio::net::TcpListener;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::serving::descriptors;
use crate::serving::end::End;
use crate::{selection, terminal};

/// Hand short-lived tokens to the pages of one's own web application: the backend of Skyflow's getBearerToken.
///
/// Prints its URL on stdout and serves until it is interrupted or terminated. A page of an allowed origin, whose user has a
/// session, gets {"accessToken", "tokenType", "expiresIn", "expiresAt"}; anybody else gets {"error", "error_description"} and
/// no token. A credential that is given, not fetched, and a token without a known, near end are handed to nobody.
#[derive(clap::Args, Debug)]
// clap would write the four ways of a session into one line, however long.
#[command(override_usage = "authctl broker [OPTIONS] --allow-origin <ORIGIN> --forward-auth <URL>\n       \
    authctl broker [OPTIONS] --allow-origin <ORIGIN> --session-secret-file <FILE>\n       \
    authctl broker [OPTIONS] --allow-origin <ORIGIN> --session-secret-env <NAME>")]
#[command(after_help = "\
Examples:
  authctl -p skyflow broker --allow-origin https://app.example --session-secret-file session.secret
  authctl broker --allow-origin https://app.example --forward-auth http://127.0.0.1:3000/session")]
pub(crate) struct Args {
    /// Hand tokens to pages of this origin, such as https://app.example; can be repeated
    #[arg(long, value_name = "ORIGIN", required = true)]
    allow_origin: Vec<String>,
    /// The address for pages; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Listen beyond loopback. It speaks plain http: have TLS in front of it
    #[arg(long)]
    allow_remote: bool,
    /// Accept this name in Host, too, HOST or HOST:PORT; can be repeated
    #[arg(long, value_name = "HOST")]
    allow_host: Vec<String>,
    /// The path at which pages ask for a token
    #[arg(long, value_name = "PATH", default_value = "/token", value_parser = path)]
    path: String,
    #[command(flatten)]
    session: session::Args,
    /// Fetch a new token unless the present one is valid for at least this long
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = humantime::parse_duration)]
    min_ttl: Duration,
    /// Hand out no token that is valid for longer than this
    #[arg(long, value_name = "TIME", default_value = "61m", value_parser = humantime::parse_duration)]
    max_lifetime: Duration,
    /// The most requests that wait at a time; more are answered 503
    #[arg(long, value_name = "N", default_value_t = 64)]
    max_waiting: usize,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    if !args.listen.ip().is_loopback() && !args.allow_remote {
        return Err(Failure::usage(format!(
            "--listen {} is beyond loopback, where the broker's plain http can be read: have a server with TLS in front of \
             it, or say --allow-remote",
            args.listen
        )));
    }
    descriptors::take_all();
    let broker = broker(&args, context)?;
    check(&broker, context).await?;
    let listener = TcpListener::bind(args.listen).await;
    let listener = listener
        .map_err(|error| Failure::failed(format!("--listen {} can't be listened on: {}", args.listen, error.kind())))?;
    let address = listener.local_addr().map_err(|error| Failure::failed(format!("no address: {}", error.kind())))?;
    // From here on, so that whoever has read the URL can end it.
    let mut end = End::new()?;
    terminal::data_line(format_args!("http://{address}{}", args.path))?;
    serve::serve(listener, broker, &args.path, &mut end, context.timeout()).await?;
    Ok(Exit::Ok.code())
}

fn broker(args: &Args, context: &Context) -> Result<Broker, Failure> {
    let session = args.session.read(&context.env)?;
    let access = selection::select(context)?;
    // What is wrong is the credential, or else an argument.
    let is_given = access.is_none_needed() || access.token_handle().is_some();
    let exit = if is_given { Exit::NoCredentials } else { Exit::Usage };
    let wrong = |error: auth_core::Error| Failure::new(exit, error.to_string());
    let authenticator = context.authenticator_without_store(&access)?;
    let broker = Broker::new(&access, authenticator, session, &args.allow_origin).map_err(wrong)?;
    let broker = args.allow_host.iter().try_fold(broker, |broker, host| broker.allow_host(host)).map_err(wrong)?;
    Ok(broker.min_ttl(args.min_ttl).max_lifetime(args.max_lifetime).max_waiting(args.max_waiting))
}

/// What will not work later either is an error now, and not at the first page.
async fn check(broker: &Broker, context: &Context) -> Result<(), Failure> {
    match context.in_time("fetching a token", broker.warm_up()).await {
        Err(failure) if failure.exit == Exit::Transient => {
            terminal::warn(format_args!("there is no token yet: {}", failure.message));
            Ok(())
        }
        other => other,
    }
}

fn path(text: &str) -> Result<String, &'static str> {
    let usable = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let is_path = text.starts_with('/') && text.bytes().all(usable) && text != serve::HEALTH;
    is_path
        .then(|| text.to_owned())
        .ok_or("a path begins with a slash, has letters, digits and -._~ and is not /healthz")
}
