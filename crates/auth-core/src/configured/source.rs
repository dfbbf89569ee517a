//! The sources that a profile can select by `type`.

use std::sync::Arc;

use super::names::Names;
use crate::exchange::TokenEndpoint;
use crate::settings::Found;
use crate::sources::{ApiKey, EnvToken, FileToken, PersonalToken, Remote, StaticToken, TokenHandle};
use crate::{Error, TokenSource};

/// What `type` may be.
pub(super) const NAMES: [&str; 7] = ["token", "personal_token", "env", "file", "api_key", "remote", "none"];

/// A source, and what has to be known of it.
pub(super) struct Built {
    pub(super) source: Arc<dyn TokenSource>,
    /// What it is made of.
    pub(super) credential: Option<Found>,
    /// Where that is sent.
    pub(super) token_url: Option<Found>,
    /// Replaces a token that is given.
    pub(super) handle: Option<TokenHandle>,
}

impl Built {
    fn new(source: impl TokenSource) -> Self {
        Self { source: Arc::new(source), credential: None, token_url: None, handle: None }
    }

    fn with(self, credential: Found) -> Self {
        Self { credential: Some(credential), ..self }
    }
}

/// The source that `type` selects; by default a `token`. `None`: no credential is needed.
pub(super) fn of(names: &mut Names) -> Result<Option<Built>, Error> {
    let kind = names.find("type")?;
    let built = match kind.as_ref().map_or("token", Found::value) {
        "none" => return Ok(None),
        "token" => {
            let token = names.secret("token")?;
            let source = StaticToken::new(token.token()?)?;
            let handle = Some(source.handle());
            Built { handle, ..Built::new(source) }.with(token)
        }
        "personal_token" => {
            let token = names.secret("token")?;
            let mut source = PersonalToken::new(token.token()?)?;
            if let Some(audience) = names.find("audience")? {
                source = source.audience(audience.value().to_owned());
            }
            let handle = Some(source.handle());
            Built { handle, ..Built::new(source) }.with(token)
        }
        "env" => {
            let name = names.require("variable")?;
            Built::new(EnvToken::of(names.settings().env().clone(), name.value()))
        }
        "file" => {
            let path = names.require("path")?;
            Built::new(FileToken::new(names.settings().env().resolve(path.value().as_ref())?))
        }
        "api_key" => {
            let (url, endpoint) = token_url(names)?;
            let key = names.secret("api_key")?;
            let mut source = ApiKey::new(endpoint, key.secret()).map_err(|error| error.at(key.provenance()))?;
            if let Some(scope) = names.find("scope")? {
                source = source.scope(scope.secret());
            }
            Built { token_url: Some(url), ..Built::new(source) }.with(key)
        }
        "remote" => {
            let (url, endpoint) = token_url(names)?;
            let mut source = Remote::new(endpoint);
            if names.is_on("post")? {
                source = source.post();
            }
            match names.find_secret("session")? {
                Some(session) => {
                    let source = source.bearer_session(session.token()?)?;
                    Built { token_url: Some(url), ..Built::new(source) }.with(session)
                }
                None => Built { token_url: Some(url), ..Built::new(source) },
            }
        }
        _ => return Err(unknown(kind.as_ref())),
    };
    Ok(Some(built))
}

fn token_url(names: &mut Names) -> Result<(Found, TokenEndpoint), Error> {
    let url = names.require("token_url")?;
    let endpoint = TokenEndpoint::parse(url.value()).map_err(|error| error.at(url.provenance()))?;
    Ok((url, endpoint))
}

fn unknown(kind: Option<&Found>) -> Error {
    let place = kind.map(|kind| kind.provenance().to_string()).unwrap_or_default();
    Error::misconfigured(format!("{place} is no known type: {}", NAMES.join(", ")))
}
