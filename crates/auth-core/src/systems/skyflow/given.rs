//! Which of Skyflow's credentials is configured: exactly one.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::restrictions::Restrictions;
use super::setting::{API_KEY, CREDENTIALS as TEXT, PATH, TOKEN};
use super::{BearerToken, Credentials, api_key};
use crate::settings::{Found, Lookup, Profile, Provenance, Setting, Settings, shown};
use crate::sources::{PersonalToken, StaticToken, TokenHandle};
use crate::{Error, ErrorKind, Identity, Secret, TokenSource};

/// The kinds of credentials, of which there may be one.
const KINDS: [&Setting; 4] = [&PATH, &TEXT, &TOKEN, &API_KEY];

/// What a program said of it.
#[derive(Clone, Default)]
pub(super) struct Given {
    /// The values of [`KINDS`], in their order.
    values: [Option<Secret>; 4],
    /// The path is not UTF-8: what it would be read as is another file.
    is_foreign_path: bool,
    account: Option<Credentials>,
    source: Option<Arc<dyn TokenSource>>,
    /// More hosts that tokens may be fetched from.
    pub(super) hosts: Vec<String>,
    pub(super) restrictions: Restrictions,
}

impl Given {
    pub(super) fn path(&mut self, path: &Path) {
        self.is_foreign_path = path.to_str().is_none();
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

    /// The source of tokens, and what is known of its credential.
    pub(super) fn find(&self, settings: &mut Settings) -> Result<Chosen, Error> {
        let values = KINDS.into_iter().zip(&self.values);
        let values: Vec<(&Setting, &Secret)> =
            values.filter_map(|(kind, value)| Some((kind, value.as_ref().filter(is_set)?))).collect();
        let account = self.account.as_ref().map(|_| "account");
        let source = self.source.as_ref().map(|_| "source");
        let names: Vec<&str> = values.iter().map(|(kind, _)| kind.name()).chain(account).chain(source).collect();
        if let [first, second, ..] = names[..] {
            return Err(two(first, second, "arguments"));
        }
        if let [(kind, value)] = values[..] {
            if self.is_foreign_path {
                return Err(Error::misconfigured(format!("the path in the argument `{}` is not UTF-8", PATH.name())));
            }
            let found = settings.require(&Lookup::of(kind).argument(Some(value)))?;
            return self.choose(kind, found, settings);
        }
        let argument = |name: &'static str| Found::new(name, "", Provenance::Argument(name.into()));
        match (&self.account, &self.source) {
            (Some(account), _) => {
                let source = self.restricted(BearerToken::new(account.clone()), settings)?;
                Ok(Chosen::of(source, argument("account")))
            }
            (None, Some(source)) => {
                self.restrictions.refuse("source", settings)?;
                Ok(Chosen::of(Arc::clone(source), argument("source")))
            }
            (None, None) => self.find_elsewhere(settings),
        }
    }

    fn find_elsewhere(&self, settings: &mut Settings) -> Result<Chosen, Error> {
        let variable = Lookup::new(TEXT.name()).secret().variables(TEXT.variables());
        if let Some(found) = settings.find(&variable)? {
            return self.choose(&TEXT, found, settings);
        }
        let mut all = Vec::new();
        for kind in KINDS {
            let is_there = settings.profile().is_some_and(|profile| profile.place(kind.name()).is_some());
            if is_there && let Some(found) = settings.find(&Lookup::of(kind))? {
                all.push((kind, found));
            }
        }
        if let [(first, found), (second, _), ..] = &all[..] {
            return Err(two(first.name(), second.name(), "keys").at(found.provenance()));
        }
        match all.pop() {
            Some((kind, found)) => self.choose(kind, found, settings),
            None => {
                let (names, variables) = (KINDS.map(Setting::name).join("`, `"), TEXT.variables().join(" or "));
                let profile = settings.profile().map_or_else(|| "a profile".to_owned(), Profile::to_string);
                let ways = if settings.env().has_builder_hints() {
                    format!("give one of the arguments `{names}`, set {variables}, or put one of them into {profile}")
                } else {
                    format!("set {variables}, or put one of `{names}` into {profile}")
                };
                Err(Error::unavailable(format!("no Skyflow credential is configured: {ways}")))
            }
        }
    }

    fn choose(&self, kind: &Setting, found: Found, settings: &mut Settings) -> Result<Chosen, Error> {
        let hosts: Vec<&str> = self.hosts.iter().map(String::as_str).collect();
        let name = kind.name();
        if name != API_KEY.name() && api_key::is_meant(found.value()) {
            return Err(found.unusable("it is an API key; give it as `api_key`"));
        }
        if name == PATH.name() {
            let path = found.provenance().beside(Path::new(found.value()), settings.env())?;
            // Now, so that what is wrong with it is said at once. It is read again for each token.
            let (_, warning) = Credentials::from_document(&path, &hosts).map_err(|error| meant(error, &found))?;
            warning.into_iter().for_each(|warning| settings.note(warning));
            let place = found.provenance().naming(&path, settings.env());
            let what = format!("{name} ({})", shown(&path));
            let exchange = Some(Identity::default().with_file(&path));
            let source = self.restricted(BearerToken::from_file_with_hosts(path, &hosts), settings)?;
            return Ok(Chosen { exchange, ..Chosen::of(source, Found::new(what, found.secret(), place)) });
        }
        if name == TEXT.name() {
            let credentials = Credentials::parse_with_hosts(found.secret(), &hosts);
            let credentials = credentials.map_err(|error| error.at(found.provenance()))?;
            let source = self.restricted(BearerToken::new(credentials), settings)?;
            return Ok(Chosen { exchange: Some(Identity::default()), ..Chosen::of(source, found) });
        }
        self.restrictions.refuse(name, settings)?;
        if name == TOKEN.name() {
            let source = PersonalToken::new(found.token()?)?.allow_opaque();
            let handle = Some(source.handle());
            return Ok(Chosen { handle, ..Chosen::of(Arc::new(source), found) });
        }
        let key = api_key::clean(&found.secret()).map_err(|error| error.at(found.provenance()))?;
        let source = StaticToken::new(key)?;
        let handle = Some(source.handle());
        Ok(Chosen { handle, ..Chosen::of(Arc::new(source), found) })
    }

    fn restricted(&self, tokens: BearerToken, settings: &mut Settings) -> Result<Arc<dyn TokenSource>, Error> {
        Ok(Arc::new(self.restrictions.apply(tokens, settings)?))
    }
}

/// A source of tokens, and what is known of it.
pub(super) struct Chosen {
    pub(super) source: Arc<dyn TokenSource>,
    pub(super) credential: Found,
    pub(super) handle: Option<TokenHandle>,
    /// What leads to a token that is exchanged, beyond the settings.
    pub(super) exchange: Option<Identity>,
}

impl Chosen {
    fn of(source: Arc<dyn TokenSource>, credential: Found) -> Self {
        Self { source, credential, handle: None, exchange: None }
    }
}

fn is_set(value: &&Secret) -> bool {
    !value.expose().is_empty()
}

fn two(first: &str, second: &str, what: &str) -> Error {
    Error::misconfigured(format!(
        "exactly one kind of Skyflow credential may be given, but the {what} `{first}` and `{second}` both are: leave one out"
    ))
}

/// Whoever named a file meant it: a chain must not go on to another credential.
fn meant(error: Error, found: &Found) -> Error {
    match error.kind() {
        ErrorKind::Unavailable => found.unusable(error),
        _ => error,
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given")
            .field("values", &self.values)
            .field("account", &self.account)
            .field("has_source", &self.source.is_some())
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}
