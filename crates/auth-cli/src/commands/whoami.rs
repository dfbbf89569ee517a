//! `authctl whoami`: who the credential is.

use std::process::ExitCode;

use auth_core::{Access, Credential};
use auth_reqwest::Whoami;
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::Told;
use crate::{network, selection, terminal};

/// What is shown of a JWT: the registered claims that say who and for how long (RFC 7519 section 4.1), and the scope (RFC 8693
/// section 4.2). Others may hold what is nobody's business.
const CLAIMS: [&str; 7] = ["iss", "sub", "aud", "scope", "iat", "nbf", "exp"];

/// The claims that are times.
const TIMES: [&str; 3] = ["iat", "nbf", "exp"];

/// The longest value that is shown of what a system says.
const LONGEST: usize = 200;

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Lines for what is known, or an object
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t)]
    output: Told,
    /// Read the token and do not ask the system; a token that has to be fetched is fetched all the same
    #[arg(long)]
    offline: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let access = selection::select(context)?;
    let auth = context.authenticator(&access)?;
    let mut said = about(&access);
    if access.is_none_needed() {
        said.insert("note".into(), "no credential is needed: the platform adds it".into());
    } else {
        let token = context.in_time("fetching a token", auth.token(std::time::Duration::ZERO)).await?;
        said.insert("fingerprint".into(), token.secret().map(|secret| secret.fingerprint()).into());
        // What the token says is no answer where the system knows better.
        if args.offline || access.whoami().is_none() {
            of_token(&token, &mut said);
        }
    }
    if let (false, Some(path)) = (args.offline, access.whoami()) {
        let path = path.to_owned();
        let client = network::client(&access, auth.clone())?;
        let whoami = context.in_time("asking who it is", client.whoami()).await?;
        let token = auth.token(std::time::Duration::ZERO).await?;
        let secret = token.secret().map(|secret| secret.expose()).unwrap_or_default();
        said.insert("said_by".into(), format!("the system ({path})").into());
        said.insert("identity".into(), of_system(&whoami, secret).into());
    }
    match args.output {
        Told::Text => terminal::data(lines(&said))?,
        Told::Json => terminal::data_line(format!("{:#}", Value::Object(said)))?,
    }
    Ok(Exit::Ok.code())
}

/// Which credential it is, and where it came from.
fn about(access: &Access) -> Map<String, Value> {
    let mut said = Map::new();
    said.insert("source".into(), access.id().into());
    said.insert("endpoint".into(), access.endpoint().to_string().into());
    said.insert("credential".into(), access.credential_name().into());
    said.insert("provenance".into(), access.credential().map(ToString::to_string).into());
    said
}

/// What the token says of itself.
fn of_token(token: &Credential, said: &mut Map<String, Value>) {
    let Some(all) = token.claims() else {
        said.insert("said_by".into(), "nobody: the token is opaque, and only the system can read it".into());
        return;
    };
    said.insert("said_by".into(), "the token itself (decoded, not verified)".into());
    let shown = CLAIMS.iter().filter_map(|name| Some((*name, all.get(*name)?)));
    let claims: Map<String, Value> = shown.map(|(name, value)| (name.to_owned(), claim(name, value))).collect();
    said.insert("claims".into(), claims.into());
}

fn claim(name: &str, value: &Value) -> Value {
    let time = value.as_f64().filter(|_| TIMES.contains(&name));
    match time.and_then(|seconds| jiff::Timestamp::from_second(seconds as i64).ok()) {
        Some(time) => time.to_string().into(),
        None => value.clone(),
    }
}

/// What the system says, but nothing of the token that it was sent, and nothing that is called a credential.
fn of_system(whoami: &Whoami, token: &str) -> Map<String, Value> {
    let is_fit = |text: &str| !repeats(text, token);
    let mut said = Map::new();
    for (name, value) in whoami.iter().filter(|(name, _)| is_fit(name) && !is_secret(name)) {
        let value = match value {
            Value::String(text) if is_fit(text) => terminal::plain(text, LONGEST).into(),
            Value::Number(_) | Value::Bool(_) => value.clone(),
            _ => continue,
        };
        said.insert(terminal::plain(name, LONGEST), value);
    }
    // Under the name that counts, where the system has another for it.
    if let (None, Some(id)) = (said.get("id"), whoami.id.as_ref().filter(|id| is_fit(id))) {
        said.insert("id".into(), terminal::plain(id, LONGEST).into());
    }
    said
}

/// Whether as much of the token is in it as an error may not show either: eight bytes.
fn repeats(text: &str, token: &str) -> bool {
    const PIECE: usize = 8;
    let text = text.as_bytes();
    let is_there = |piece: &[u8]| text.windows(piece.len()).any(|window| window == piece);
    !token.is_empty() && token.as_bytes().windows(PIECE.min(token.len())).any(is_there)
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["key", "token", "secret", "password", "credential"].iter().any(|word| name.contains(word))
}

/// The order of the lines.
const ORDER: [&str; 9] =
    ["source", "endpoint", "credential", "provenance", "fingerprint", "said_by", "identity", "claims", "note"];

/// A line for each; what belongs to another thing is indented below it.
fn lines(said: &Map<String, Value>) -> String {
    let mut text = String::new();
    for (name, value) in ORDER.iter().filter_map(|name| said.get_key_value(*name)) {
        let name = name.replace('_', " ");
        match value {
            Value::Null => {}
            Value::Object(inner) => {
                text += &format!("{name}:\n");
                inner.iter().for_each(|(name, value)| text += &format!("  {name}: {}\n", plain(value)));
            }
            value => text += &format!("{name}: {}\n", plain(value)),
        }
    }
    text
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => terminal::plain(text, LONGEST),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        value => json!(value).to_string(),
    }
}
