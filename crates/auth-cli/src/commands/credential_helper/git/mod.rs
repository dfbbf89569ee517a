//! A credential helper of git (git-credential(1), gitcredentials(7)).

mod answer;
mod request;

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use auth_core::{Access, Origin};

use self::request::Request;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::held::Held;
use crate::{selection, terminal};

/// What git says of a host fits in far less.
const LONGEST: u64 = 64 * 1024;
/// Set by auth-core for the helper programs that it runs.
const UNDER_HELPERS: &str = "AUTHCTL_EXEC_CHAIN";

/// Answer git as a credential helper, for the hosts of one profile.
///
/// The token is given to the endpoint's own host and to those that --host names, by https (http on this machine only). For any other
/// host there is no answer, and git asks its next helper.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  git config --global credential.https://git.acme.example.helper \\
    '!authctl -p acme credential-helper git --host git.acme.example'")]
pub(crate) struct Args {
    /// Give the token to this host, too, with its port if it has one; can be repeated
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<String>,
    /// The user name beside the token, where a server wants one. GitHub and GitLab take any that is not empty
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Fetch a new token unless the present one is valid for at least this long
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = humantime::parse_duration)]
    min_ttl: Duration,
    /// What git says: get, store, erase. Others are left unanswered, as git wants it
    operation: String,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    match args.operation.as_str() {
        "get" => get(&args, context).await?,
        "erase" => erase(&args, context).await?,
        "capability" => terminal::exact(answer::CAPABILITIES)?,
        // What is stored is what was given; and what is not known yet is nothing to fail over.
        _ => drain(),
    }
    Ok(Exit::Ok.code())
}

async fn get(args: &Args, context: &Context) -> Result<(), Failure> {
    let request = read()?;
    let Some(access) = asked_for(&request, args, context)? else { return Ok(()) };
    let username = match (&args.username, &request.username) {
        // Somebody else's password.
        (Some(ours), Some(theirs)) if ours != theirs => return Ok(()),
        (ours, theirs) => ours.as_deref().or(theirs.as_deref()).unwrap_or(answer::USERNAME),
    };
    if username.contains(['\n', '\0']) {
        return Err(Failure::usage("the user name has a line break or a NUL character"));
    }
    match Held::of(access, context, args.min_ttl).await {
        Ok(held) => terminal::exact(answer::of(&request, &held, username)),
        Err(failure) => {
            // Whoever runs git for a token has nobody who could type one.
            if context.process.get(UNDER_HELPERS)?.is_some() {
                terminal::exact(answer::QUIT)?;
            }
            Err(failure)
        }
    }
}

/// The server has refused the token: it is not to be the next answer, too.
async fn erase(args: &Args, context: &Context) -> Result<(), Failure> {
    let request = read()?;
    let access = asked_for(&request, args, context)?;
    if let (Some(access), Some(token), Some(store), false) =
        (access, &request.secret, context.store()?, context.global.no_cache)
    {
        store.forget(&access, token)?;
    }
    Ok(())
}

/// The access, if this is one of its hosts.
fn asked_for(request: &Request, args: &Args, context: &Context) -> Result<Option<Access>, Failure> {
    let Some(origin) = request.origin() else { return Ok(None) };
    let mut is_named = false;
    for host in &args.hosts {
        let named = Origin::parse(&format!("https://{host}"))
            .map_err(|error| Failure::usage(format!("--host takes a host, with its port if it has one: {error}")))?;
        let on_this_machine = Origin::parse(&format!("http://{host}")).is_ok_and(|named| named == origin);
        is_named |= named == origin || on_this_machine;
    }
    if !origin.is_secure() {
        return Ok(None);
    }
    let access = match selection::select(context) {
        // Of no use here, perhaps: only those who want a token from it are to hear what is wrong.
        Err(_) if !is_named => return Ok(None),
        access => access?,
    };
    Ok((is_named || *access.endpoint().origin() == origin).then_some(access))
}

fn read() -> Result<Request, Failure> {
    let mut text = Vec::new();
    let read = std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut text);
    read.map_err(|error| Failure::failed(format!("what git says can't be read: {}", error.kind())))?;
    if text.len() as u64 > LONGEST {
        return Err(Failure::failed("git says more than 64 KiB of a host"));
    }
    Request::parse(&text).map_err(Failure::failed)
}

/// A pipe that nobody reads would end git.
fn drain() {
    let _ = std::io::copy(&mut std::io::stdin().lock().take(LONGEST), &mut std::io::sink());
}
