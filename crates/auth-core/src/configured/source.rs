//! The sources that a profile can select by `type`.

use std::path::PathBuf;
use std::sync::Arc;

use super::names::Names;
use super::oauth;
use crate::exchange::TokenEndpoint;
use crate::settings::{Found, Provenance};
use crate::sources::{ApiKey, EnvToken, FileToken, PersonalToken, Remote, StaticToken, TokenHandle};
#[cfg(feature = "exec")]
use crate::sources::{Exec, ExecFormat};
use crate::{Error, Identity, Secret, TokenSource};

/// What `type` may be.
pub(super) const NAMES: &[&str] = &[
    "token",
    "personal_token",
    "env",
    "file",
    "api_key",
    "client_credentials",
    #[cfg(feature = "signing")]
    "jwt_bearer",
    "refresh_token",
    "token_exchange",
    "remote",
    #[cfg(feature = "exec")]
    "exec",
    "none",
];

/// What a source's settings may be called, whichever of them the others' values ask for.
pub(super) fn keys(kind: &str) -> Option<Vec<&'static str>> {
    const CLIENT: &[&str] = &["client_id", "client_auth", "client_secret", "issuer", "key_id", "private_key"];
    let exchange = |keys: &[&'static str]| [&["token_url", "scope"], keys].concat();
    Some(match kind {
        "token" => vec!["token"],
        "personal_token" => vec!["token", "audience"],
        "env" => vec!["variable"],
        "file" => vec!["path"],
        "api_key" => exchange(&["api_key"]),
        "client_credentials" => exchange(&[CLIENT, &["audience", "resource"]].concat()),
        "jwt_bearer" => exchange(&["issuer", "private_key", "subject", "audience", "key_id"]),
        "refresh_token" => exchange(&[CLIENT, &["refresh_token"]].concat()),
        "token_exchange" => {
            let subject = ["subject_token", "subject_token_file", "subject_token_type", "audience", "resource"];
            exchange(&[CLIENT, &subject].concat())
        }
        "remote" => vec!["token_url", "session", "post"],
        "exec" => vec!["command", "format", "pass_env"],
        "none" => Vec::new(),
        _ => return None,
    })
}

/// Those whose tokens are not in the file, nor exchanged for what is.
const ELSEWHERE: [&str; 4] = ["env", "file", "remote", "exec"];

/// A source, and what has to be known of it.
pub(super) struct Built {
    pub(super) source: Arc<dyn TokenSource>,
    /// What it is made of.
    pub(super) credential: Option<Found>,
    /// Where that is sent.
    pub(super) token_url: Option<Found>,
    /// Replaces a token that is given.
    pub(super) handle: Option<TokenHandle>,
    /// What leads to a token that is exchanged, beyond the settings.
    pub(super) exchange: Option<Identity>,
}

impl Built {
    /// A source that looks for itself.
    pub(super) fn new(source: impl TokenSource) -> Self {
        Self { source: Arc::new(source), credential: None, token_url: None, handle: None, exchange: None }
    }

    /// A source that sends a credential somewhere.
    fn sends(source: impl TokenSource, credential: Found, token_url: Found) -> Self {
        Self { credential: Some(credential), token_url: Some(token_url), ..Self::new(source) }
    }

    /// A source that has tokens for a credential.
    pub(super) fn exchanges(source: impl TokenSource, credential: Found, token_url: Found) -> Self {
        Self { exchange: Some(Identity::default()), ..Self::sends(source, credential, token_url) }
    }

    /// The same, of which a file is a part.
    pub(super) fn reading(mut self, file: Option<PathBuf>) -> Self {
        self.exchange = self.exchange.map(|exchange| file.into_iter().fold(exchange, Identity::with_file));
        self
    }

    /// A source that looks for its token in a place of the user's, each time.
    fn looks_at(place: Provenance, source: impl TokenSource) -> Self {
        Self { credential: Some(Found::new("token", Secret::new(""), place)), ..Self::new(source) }
    }

    fn given(source: impl TokenSource, token: Found, handle: TokenHandle) -> Self {
        Self { credential: Some(token), handle: Some(handle), ..Self::new(source) }
    }
}

/// The source that `type` selects; by default a `token`. `None`: no credential is needed.
pub(super) fn of(names: &mut Names) -> Result<Option<Built>, Error> {
    let kind = names.find("type")?;
    if let Some(kind) = kind.as_ref().filter(|kind| ELSEWHERE.contains(&kind.value())) {
        names.refuse_nearby(kind.provenance(), "a source of tokens elsewhere")?;
    }
    match kind.as_ref().map_or("token", Found::value) {
        "token" => static_token(names),
        "personal_token" => personal_token(names),
        "env" => {
            let name = names.require("variable")?;
            let env = names.settings().env().clone();
            let place = env.look(name.value())?.map(|(_, place)| place);
            let place = place.unwrap_or_else(|| Provenance::Variable(name.value().to_owned()));
            Ok(Built::looks_at(place, EnvToken::of(env, name.value())))
        }
        "file" => {
            let path = names.require("path")?;
            let file = path.provenance().beside(path.value().as_ref(), names.settings().env())?;
            let place = path.provenance().of_file(&file, names.settings().env());
            Ok(Built::looks_at(place, FileToken::new(file)))
        }
        "api_key" => api_key(names),
        "client_credentials" => oauth::client_credentials(names),
        #[cfg(feature = "signing")]
        "jwt_bearer" => oauth::jwt_bearer(names),
        "refresh_token" => oauth::refresh_token(names),
        "token_exchange" => oauth::token_exchange(names),
        "remote" => remote(names),
        #[cfg(feature = "exec")]
        "exec" => exec(names),
        #[cfg(not(feature = "signing"))]
        "jwt_bearer" => Err(needs("signing", kind.as_ref())),
        #[cfg(not(feature = "exec"))]
        "exec" => Err(needs("exec", kind.as_ref())),
        "none" => return Ok(None),
        _ => Err(unknown(kind.as_ref())),
    }
    .map(Some)
}

/// The URL that tokens are fetched from, and where it stands.
pub(super) fn token_url(names: &mut Names) -> Result<(Found, TokenEndpoint), Error> {
    let url = names.require("token_url")?;
    let endpoint = TokenEndpoint::parse(url.value()).map_err(|error| error.at(url.provenance()))?;
    Ok((url, endpoint))
}

fn static_token(names: &mut Names) -> Result<Built, Error> {
    let token = names.secret("token")?;
    let source = StaticToken::new(token.token()?)?;
    let handle = source.handle();
    Ok(Built::given(source, token, handle))
}

fn personal_token(names: &mut Names) -> Result<Built, Error> {
    let token = names.secret("token")?;
    let mut source = PersonalToken::new(token.token()?)?;
    if let Some(audience) = names.find("audience")? {
        source = source.audience(audience.value().to_owned());
    }
    let handle = source.handle();
    Ok(Built::given(source, token, handle))
}

fn api_key(names: &mut Names) -> Result<Built, Error> {
    let (url, endpoint) = token_url(names)?;
    let key = names.secret("api_key")?;
    let mut source = ApiKey::new(endpoint, key.secret()).map_err(|error| error.at(key.provenance()))?;
    if let Some(scope) = names.find("scope")? {
        source = source.scope(scope.secret());
    }
    Ok(Built::exchanges(source, key, url))
}

fn remote(names: &mut Names) -> Result<Built, Error> {
    let (url, endpoint) = token_url(names)?;
    let mut source = Remote::new(endpoint);
    if names.is_on("post")? {
        source = source.post();
    }
    match names.find_secret("session")? {
        Some(session) => Ok(Built::sends(source.bearer_session(session.token()?)?, session, url)),
        // The tokens are from there. Nothing is kept of either: it is for the backend to say how long its session lasts.
        None => Ok(Built::looks_at(url.provenance().clone(), source)),
    }
}

/// `command = ["ivcap", "context", "get", "access-token"]`: the program and its arguments, no shell.
#[cfg(feature = "exec")]
fn exec(names: &mut Names) -> Result<Built, Error> {
    let command = names.list("command")?;
    let Some((program, arguments)) = command.split_first() else { return Err(names.missing("command")) };
    let arguments = arguments.iter().map(Found::value);
    let source = Exec::new(program.value(), arguments).named(names.id());
    let mut source = source.in_env(names.settings().env().clone());
    if let Some(format) = names.find("format")? {
        source = source.format(ExecFormat::parse(format.value()).map_err(|error| error.at(format.provenance()))?);
    }
    for name in names.list("pass_env")? {
        source = source.pass_env(name.value());
    }
    // The program finds the user's credentials by itself, wherever the file stands that names it.
    let place = program.provenance().clone().judged(false, false);
    Ok(Built::looks_at(place, source))
}

/// The error about what is known, and not there without a feature.
#[allow(dead_code, reason = "which there are is for the features to say")]
pub(super) fn needs(feature: &str, found: Option<&Found>) -> Error {
    let place = found.map(|found| found.provenance().to_string()).unwrap_or_default();
    Error::misconfigured(format!("{place} needs the feature `{feature}` of auth-core"))
}

fn unknown(kind: Option<&Found>) -> Error {
    let place = kind.map(|kind| kind.provenance().to_string()).unwrap_or_default();
    Error::misconfigured(format!("{place} is no known type: {}", NAMES.join(", ")))
}

#[cfg(test)]
#[cfg(not(any(feature = "cape", feature = "exec")))]
mod tests {
    use crate::Env;
    use crate::settings::Profiles;

    #[test]
    fn what_a_feature_lacks_is_said_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        for (line, feature) in [("type = \"exec\"", "`exec`"), ("system = \"cape\"", "`cape`")] {
            let endpoint = if line.starts_with("type") { "\nendpoint = \"https://a\"" } else { "" };
            std::fs::write(&path, format!("[profile.p]\n{line}{endpoint}\n")).unwrap();
            let env = Env::empty().in_directory("/nowhere");
            let error = Profiles::read(&path, &env).unwrap().access(Some("p"), &env).unwrap_err().to_string();
            assert!(
                error.contains(&format!("needs the feature {feature}")) && error.contains("config.toml:2"),
                "{error}"
            );
        }
    }
}
