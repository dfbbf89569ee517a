//! Which of Skyflow's credentials is configured: exactly one.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::{BearerToken, Credentials, api_key, setting};
use crate::settings::{Found, Lookup, Provenance, Settings};
use crate::sources::{PersonalToken, StaticToken, TokenHandle};
use crate::{Error, Secret, TokenSource};

const PATH: &str = "credentials_path";
const TEXT: &str = "credentials";
const TOKEN: &str = "token";
const API_KEY: &str = "api_key";
const KINDS: [&str; 4] = [PATH, TEXT, TOKEN, API_KEY];

/// The variable of Skyflow's own SDKs: the content of a credentials.json.
const VARIABLE: &str = "SKYFLOW_CREDENTIALS";

/// What a program said of it.
#[derive(Clone, Default)]
pub(super) struct Given {
    /// The values of [`KINDS`], in their order.
    values: [Option<Secret>; 4],
    account: Option<Credentials>,
    source: Option<Arc<dyn TokenSource>>,
    /// More hosts that tokens may be fetched from.
    pub(super) hosts: Vec<String>,
    pub(super) roles: Option<Vec<String>>,
    pub(super) ctx: Option<Value>,
}

impl Given {
    pub(super) fn path(&mut self, path: &Path) {
        self.values[0] = Some(Secret::new(path.to_string_lossy()));
    }

    pub(super) fn text(&mut self, json: Secret) {
        self.values[1] = Some(json);
    }

    pub(super) fn token(&mut self, token: Secret) {
        self.values[2] = Some(token);
    }

    pub(super) fn api_key(&mut self, key: Secret) {
        self.values[3] = Some(key);
    }

    pub(super) fn account(&mut self, account: Credentials) {
        self.account = Some(account);
    }

    pub(super) fn source(&mut self, source: Arc<dyn TokenSource>) {
        self.source = Some(source);
    }

    /// The source of tokens, where its credential came from, and what is to be said about it.
    pub(super) fn find(&self, settings: &mut Settings) -> Result<Chosen, Error> {
        let values = KINDS.into_iter().zip(&self.values);
        let mut arguments: Vec<&str> =
            values.filter(|(_, value)| is_set(value.as_ref())).map(|(kind, _)| kind).collect();
        arguments.extend(self.account.as_ref().map(|_| "account"));
        arguments.extend(self.source.as_ref().map(|_| "source"));
        match arguments[..] {
            [] => self.find_elsewhere(settings),
            [kind] => self.of_argument(kind, settings),
            [first, second, ..] => Err(two(first, second, "arguments")),
        }
    }

    fn of_argument(&self, kind: &'static str, settings: &mut Settings) -> Result<Chosen, Error> {
        let place = Provenance::Argument(kind.into());
        if let Some(account) = &self.account {
            return Ok(Chosen::of(self.restricted(BearerToken::new(account.clone()), settings)?, place));
        }
        if let Some(source) = &self.source {
            self.refuse_restrictions(kind, settings)?;
            return Ok(Chosen::of(Arc::clone(source), place));
        }
        let value = KINDS.iter().position(|known| *known == kind).and_then(|at| self.values[at].as_ref());
        let found = settings.require(&Lookup::new(kind).secret().argument(value))?;
        self.choose(kind, &found, settings)
    }

    fn find_elsewhere(&self, settings: &mut Settings) -> Result<Chosen, Error> {
        if let Some(found) = settings.find(&Lookup::new(TEXT).secret().variables(&[VARIABLE]))? {
            if api_key::is_meant(found.value()) {
                return Err(
                    found.unusable("it is an API key, not the content of a credentials.json; give it as `api_key`")
                );
            }
            return self.choose(TEXT, &found, settings);
        }
        let mut all = Vec::new();
        for kind in KINDS {
            let is_there = settings.profile().is_some_and(|profile| profile.keys().any(|key| key == kind));
            if is_there && let Some(found) = settings.find(&Lookup::new(kind).secret().keys(&[kind]))? {
                all.push((kind, found));
            }
        }
        match &all[..] {
            [] => Err(Error::unavailable(format!(
                "no Skyflow credential is configured: give one of the arguments `{}`, set {VARIABLE}, or put one of them \
                 into the profile",
                KINDS.join("`, `")
            ))),
            [(kind, found)] => self.choose(kind, found, settings),
            [(first, found), (second, _), ..] => Err(two(first, second, "keys").at(found.provenance())),
        }
    }

    fn choose(&self, kind: &'static str, found: &Found, settings: &mut Settings) -> Result<Chosen, Error> {
        let place = found.provenance().clone();
        let hosts: Vec<&str> = self.hosts.iter().map(String::as_str).collect();
        Ok(match kind {
            PATH => {
                let path = beside(&place, settings, Path::new(found.value()))?;
                // Now, so that what is wrong with it is said at once. It is read again for each token.
                let (_, warning) = Credentials::from_document(&path, &hosts).map_err(no_longer_a_choice)?;
                // Whoever names a file elsewhere does not make its content theirs.
                let is_nearby = settings.env().is_nearby(&path);
                let source = self.restricted(BearerToken::from_file_with_hosts(path, &hosts), settings)?;
                Chosen { warning, ..Chosen::of(source, nearby_only_if(place, is_nearby)) }
            }
            TEXT => {
                let credentials = Credentials::parse_with_hosts(found.secret(), &hosts);
                let credentials = credentials.map_err(|error| error.at(&place))?;
                Chosen::of(self.restricted(BearerToken::new(credentials), settings)?, place)
            }
            TOKEN if api_key::is_meant(found.value()) => {
                return Err(found.unusable("it is an API key; give it as `api_key`"));
            }
            TOKEN => {
                self.refuse_restrictions(kind, settings)?;
                let source = PersonalToken::new(found.token()?)?.allow_opaque();
                let handle = Some(source.handle());
                Chosen { handle, ..Chosen::of(Arc::new(source), place) }
            }
            _ => {
                self.refuse_restrictions(kind, settings)?;
                let key = api_key::clean(&found.secret()).map_err(|error| error.at(&place))?;
                Chosen::of(Arc::new(StaticToken::new(key)?), place)
            }
        })
    }

    /// A service account's tokens with the roles and the context that were asked for.
    fn restricted(&self, tokens: BearerToken, settings: &mut Settings) -> Result<Arc<dyn TokenSource>, Error> {
        let roles = settings.find(&Lookup::of(&setting::ROLES))?;
        let tokens = match (&self.roles, &roles) {
            (Some(roles), _) => tokens.roles(roles)?,
            (None, Some(found)) => {
                let is_between = |c: char| c == ',' || c.is_whitespace();
                tokens.roles(found.value().split(is_between)).map_err(|error| error.at(found.provenance()))?
            }
            (None, None) => tokens,
        };
        let tokens = match (&self.ctx, settings.find(&Lookup::of(&setting::CTX))?) {
            (Some(ctx), _) => tokens.ctx(ctx.clone())?,
            (None, Some(found)) => tokens.ctx(context(&found)?).map_err(|error| error.at(found.provenance()))?,
            (None, None) => tokens,
        };
        Ok(Arc::new(tokens))
    }

    /// Roles and a context are put into a token when it is made. Without that they would restrict nothing, silently.
    fn refuse_restrictions(&self, kind: &str, settings: &mut Settings) -> Result<(), Error> {
        let roles = self.roles.as_ref().is_some_and(|roles| roles.iter().any(|role| !role.is_empty()));
        let roles = roles || settings.find(&Lookup::of(&setting::ROLES))?.is_some();
        let ctx = self.ctx.is_some() || settings.find(&Lookup::of(&setting::CTX))?.is_some();
        let name = match (roles, ctx) {
            (true, _) => "roles",
            (_, true) => "ctx",
            _ => return Ok(()),
        };
        Err(Error::misconfigured(format!(
            "`{name}` restricts nothing with `{kind}`, only tokens made with a credentials.json: leave one of them out"
        )))
    }
}

/// A source of tokens, and what is known of it.
pub(super) struct Chosen {
    pub(super) source: Arc<dyn TokenSource>,
    pub(super) place: Provenance,
    pub(super) warning: Option<String>,
    /// Replaces a token that is given.
    pub(super) handle: Option<TokenHandle>,
}

impl Chosen {
    fn of(source: Arc<dyn TokenSource>, place: Provenance) -> Self {
        Self { source, place, warning: None, handle: None }
    }
}

fn is_set(value: Option<&Secret>) -> bool {
    value.is_some_and(|value| !value.expose().is_empty())
}

fn two(first: &str, second: &str, what: &str) -> Error {
    Error::misconfigured(format!(
        "exactly one kind of Skyflow credential may be given, but the {what} `{first}` and `{second}` both are: leave one out"
    ))
}

/// A path of a profile starts from the profile's own folder, any other from the working directory.
fn beside(place: &Provenance, settings: &Settings, path: &Path) -> Result<PathBuf, Error> {
    match place {
        Provenance::File { path: profile, .. } if !path.starts_with("~") => {
            Ok(profile.parent().map_or_else(|| path.to_path_buf(), |folder| folder.join(path)))
        }
        _ => settings.env().resolve(path),
    }
}

fn nearby_only_if(place: Provenance, is_nearby: bool) -> Provenance {
    match place {
        Provenance::File { path, line, key, nearby } => {
            Provenance::File { path, line, key, nearby: nearby && is_nearby }
        }
        place => place,
    }
}

/// Whoever named a file meant it: a chain must not go on to another credential.
fn no_longer_a_choice(error: Error) -> Error {
    match error.kind() {
        crate::ErrorKind::Unavailable => Error::misconfigured(format!("{error}, which `{PATH}` names")),
        _ => error,
    }
}

/// The `ctx` of a profile: a JSON object, or else a string.
fn context(found: &Found) -> Result<Value, Error> {
    let text = found.value().trim();
    if !text.starts_with('{') {
        return Ok(text.into());
    }
    serde_json::from_str(text).map_err(|_| found.unusable("it begins like a JSON object and is none"))
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").finish_non_exhaustive()
    }
}
