//! From settings to a source: one way for each type.

use std::path::Path;
use std::sync::Arc;

use super::auth_type::AuthType;
use super::iam::{self, token_endpoint};
use super::resolver::Resolver;
use super::setting::{
    ACCOUNT_ID, API_KEY, AUTH_TYPE, AUTH_URL, CLIENT_ID, CLIENT_SECRET, CR_TOKEN_FILE, Known, PROFILE_CRN, PROFILE_ID,
    PROFILE_NAME, SCOPE, TOKEN,
};
use crate::exchange::TokenEndpoint;
use crate::settings::{Found, Provenance};
use crate::sources::{ApiKey, CrToken, StaticToken, TokenHandle, TrustedProfile, VpcInstance};
use crate::{Access, Error, Identity, TokenSource};

/// A source, and what decides whether its endpoints may be trusted with it.
pub(super) struct Login {
    /// None if nothing is to be attached.
    source: Option<Arc<dyn TokenSource>>,
    handle: Option<TokenHandle>,
    /// What goes into it, the credential itself first.
    credentials: Vec<Found>,
    /// Where that is sent, but for the API itself.
    endpoints: Vec<Found>,
    /// Whether tokens are had for something that is sent. A platform's own are not: whoever runs there gets one, and a folder may
    /// be shared with other machines.
    is_exchange: bool,
}

impl Login {
    /// By a source, into which this credential goes.
    pub(super) fn new(source: impl TokenSource, credential: Found) -> Self {
        Self { source: Some(Arc::new(source)), credentials: vec![credential], ..Self::none() }
    }

    fn none() -> Self {
        Self { source: None, handle: None, credentials: Vec::new(), endpoints: Vec::new(), is_exchange: false }
    }

    fn at(mut self, endpoint: Found) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    fn of_client(mut self, client: Option<Client>) -> Self {
        self.credentials.extend(client.map(|client| client.secret));
        self
    }

    /// What it comes to with the API at `url`.
    ///
    /// # Errors
    /// If the URL is unusable, or must not get this credential.
    pub(super) fn at_api(mut self, id: &'static str, url: Found, settings: &mut Resolver) -> Result<Access, Error> {
        let endpoint = url.endpoint()?;
        self.endpoints.push(url);
        settings.check_trust(&self.endpoints, &self.credentials)?;
        let Some(source) = self.source else { return Ok(Access::none_needed(id, endpoint)) };
        let mut access = Access::new(id, source, endpoint);
        if self.is_exchange {
            access = access.with_identity(Identity::default());
        }
        let access = match self.credentials.first() {
            Some(credential) => access.with_credential(credential),
            None => access,
        };
        Ok(match self.handle {
            Some(handle) => access.with_token_handle(handle),
            None => access,
        })
    }
}

/// The way of `kind`. `stated` is where somebody said that it is this one; without, it is the default.
pub(super) fn by(kind: AuthType, stated: Option<&Found>, settings: &mut Resolver) -> Result<Login, Error> {
    match kind {
        AuthType::Iam => by_api_key(stated, settings),
        AuthType::IamAssume => by_assuming(stated, settings),
        AuthType::Container => by_container(stated, settings),
        AuthType::Vpc => by_instance(settings),
        AuthType::BearerToken => by_token(stated, settings),
        AuthType::NoAuth => Ok(Login::none()),
    }
}

/// A token that somebody else renews.
fn by_token(stated: Option<&Found>, settings: &mut Resolver) -> Result<Login, Error> {
    let token = settings.need(&TOKEN, stated)?;
    let source = StaticToken::new(token.token()?)?;
    let handle = Some(source.handle());
    Ok(Login { handle, ..Login::new(source, token) })
}

fn by_api_key(stated: Option<&Found>, settings: &mut Resolver) -> Result<Login, Error> {
    let (source, login) = api_key(stated, settings)?;
    for known in [&PROFILE_ID, &PROFILE_CRN, &PROFILE_NAME] {
        if let Some(found) = settings.find(known)? {
            let place = found.provenance();
            settings.note(format!(
                "the {} in {place} is not used: an API key assumes a profile only with the {} {}",
                known.name(),
                AUTH_TYPE.name(),
                AuthType::IamAssume
            ));
        }
    }
    Ok(Login { source: Some(Arc::new(source)), ..login })
}

fn by_assuming(stated: Option<&Found>, settings: &mut Resolver) -> Result<Login, Error> {
    let (own, login) = api_key(stated, settings)?;
    let (endpoint, _) = auth_url(settings)?;
    let name = settings.find(&PROFILE_NAME)?;
    let source = match (settings.find(&PROFILE_ID)?, settings.find(&PROFILE_CRN)?, name) {
        (Some(id), None, None) => TrustedProfile::for_profile_id(endpoint, own, id.value()),
        (None, Some(crn), None) => TrustedProfile::for_profile_crn(endpoint, own, crn.value()),
        (None, None, Some(name)) => {
            let account = settings.need(&ACCOUNT_ID, Some(&name))?;
            TrustedProfile::for_profile_name(endpoint, own, name.value(), account.value())
        }
        (None, None, None) => return Err(no_profile(stated, settings)),
        (Some(one), Some(other), _) | (Some(one), None, Some(other)) | (None, Some(one), Some(other)) => {
            return Err(one_too_many(&one, &other));
        }
    };
    Ok(Login { source: Some(Arc::new(source)), ..login })
}

fn by_container(stated: Option<&Found>, settings: &mut Resolver) -> Result<Login, Error> {
    let (endpoint, auth_url) = auth_url(settings)?;
    let source = match (settings.find(&PROFILE_ID)?, settings.find(&PROFILE_NAME)?) {
        (Some(id), Some(name)) => CrToken::for_profile_id(endpoint, id.value()).profile_name(name.value()),
        (Some(id), None) => CrToken::for_profile_id(endpoint, id.value()),
        (None, Some(name)) => CrToken::for_profile_name(endpoint, name.value()),
        (None, None) => return Err(no_profile(stated, settings)),
    };
    let source = match settings.find(&SCOPE)? {
        Some(scope) => source.scope(scope.secret()),
        None => source,
    };
    let client = client(settings)?;
    let source = match &client {
        Some(client) => source.client(client.id.value(), client.secret.secret()),
        None => source,
    };
    let what = "compute-resource token";
    let (source, token) = match settings.find(&CR_TOKEN_FILE)? {
        Some(named) => {
            let path = settings.env().resolve(Path::new(named.value()))?;
            // Whoever names a file elsewhere does not make its content theirs.
            let place = named.provenance().of_file(&path, settings.env());
            (source.file(path), Found::new(what, "", place))
        }
        None => (source, Found::new(what, "", Provenance::Platform(what.into()))),
    };
    Ok(Login::new(source, token).of_client(client).at(auth_url))
}

fn by_instance(settings: &mut Resolver) -> Result<Login, Error> {
    let url = settings.find(&AUTH_URL)?;
    let source = match &url {
        Some(url) => VpcInstance::at(url.value()).map_err(|error| error.at(url.provenance()))?,
        None => VpcInstance::new(),
    };
    let source = match (settings.find(&PROFILE_ID)?, settings.find(&PROFILE_CRN)?) {
        (Some(id), Some(crn)) => return Err(one_too_many(&id, &crn)),
        (Some(id), None) => source.profile_id(id.value()),
        (None, Some(crn)) => source.profile_crn(crn.value()),
        (None, None) => source,
    };
    let what = "instance identity";
    // Nothing but what the metadata service itself gave is sent to it: only the API's url matters.
    Ok(Login::new(source, Found::new(what, "", Provenance::Platform(what.into()))))
}

/// The source for an API key, with all that belongs to its exchange.
fn api_key(stated: Option<&Found>, settings: &mut Resolver) -> Result<(ApiKey, Login), Error> {
    let key = settings.need(&API_KEY, stated)?;
    let (endpoint, auth_url) = auth_url(settings)?;
    let mut source = ApiKey::new(endpoint, key.secret()).map_err(|error| error.at(key.provenance()))?;
    if let Some(scope) = settings.find(&SCOPE)? {
        source = source.scope(scope.secret());
    }
    let client = client(settings)?;
    if let Some(client) = &client {
        source = source.client(client.id.value(), client.secret.secret());
    }
    let login = Login { credentials: vec![key], endpoints: vec![auth_url], is_exchange: true, ..Login::none() };
    Ok((source, login.of_client(client)))
}

fn auth_url(settings: &mut Resolver) -> Result<(TokenEndpoint, Found), Error> {
    let found = settings.find_or(&AUTH_URL, iam::AUTH_URL)?;
    let endpoint = token_endpoint(found.value()).map_err(|error| error.at(found.provenance()))?;
    Ok((endpoint, found))
}

struct Client {
    id: Found,
    secret: Found,
}

fn client(settings: &mut Resolver) -> Result<Option<Client>, Error> {
    let alone = |one: &Found, other: &Known, settings: &Resolver| {
        let ways = settings.ways(other);
        Err(one.unusable(format!("it comes without the {}: {ways}, or take this one away", other.name())))
    };
    match (settings.find(&CLIENT_ID)?, settings.find(&CLIENT_SECRET)?) {
        (None, None) => Ok(None),
        (Some(id), None) => alone(&id, &CLIENT_SECRET, settings),
        (None, Some(secret)) => alone(&secret, &CLIENT_ID, settings),
        (Some(id), Some(_)) if id.value().contains(':') => {
            Err(id.unusable("it has a colon, which HTTP Basic can't carry in an id (RFC 7617 section 2)"))
        }
        (Some(id), Some(secret)) => Ok(Some(Client { id, secret })),
    }
}

fn no_profile(stated: Option<&Found>, settings: &Resolver) -> Error {
    let ways = settings.ways(&PROFILE_ID);
    match stated {
        Some(stated) => stated.unusable(format!("it needs a trusted profile: {ways}")),
        None => Error::unavailable(format!(
            "neither an API key nor a trusted profile is configured: {}; or {ways}",
            settings.ways(&API_KEY)
        )),
    }
}

pub(super) fn one_too_many(one: &Found, other: &Found) -> Error {
    let message = format!(
        "the {} ({}) and the {} ({}) exclude each other: keep one",
        one.what(),
        one.provenance(),
        other.what(),
        other.provenance()
    );
    Error::misconfigured(message)
}
