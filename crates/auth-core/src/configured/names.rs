//! The settings of a plain source or a described system, by name.

use std::collections::BTreeSet;

use super::source;
use crate::settings::{Found, Lookup, Profile, Provenance, Settings, trust};
use crate::{Env, Error};

/// Looks settings up by their names: the variables that the description gives them, then the profile's key, then the
/// description's default. Remembers which names were asked for, so that a key that nobody asked for is an error.
pub(super) struct Names {
    settings: Settings,
    declaration: Option<Profile>,
    asked: BTreeSet<String>,
    sent: Vec<Found>,
}

/// Keys that say whose profile it is, and whether it counts.
const SELECTING: [&str; 3] = ["system", "type", "allow_nearby_endpoint"];

/// Keys of every type.
const COMMON: [&str; 4] = ["endpoint", "header", "scheme", "whoami"];

impl Names {
    pub(super) fn new(profile: Profile, declaration: Option<Profile>, env: Env) -> Self {
        let asked = SELECTING.iter().map(ToString::to_string).collect();
        Self { settings: Settings::new(env).with_profile(profile), declaration, asked, sent: Vec::new() }
    }

    /// Secrets, and what the profile or the description refers to, which may be secret: all but the addresses.
    pub(super) fn sent(&self) -> &[Found] {
        &self.sent
    }

    /// An error if the file stands in the working directory, where it may not name `what`, as it does in this place.
    pub(super) fn refuse_nearby(&self, place: &Provenance, what: &str) -> Result<(), Error> {
        let profiles = [self.settings.profile(), self.declaration.as_ref()];
        let is_nearby = profiles.into_iter().flatten().any(Profile::is_nearby);
        if is_nearby { Err(trust::refused(place, what)) } else { Ok(()) }
    }

    pub(super) fn settings(&mut self) -> &mut Settings {
        &mut self.settings
    }

    pub(super) fn into_settings(self) -> Settings {
        self.settings
    }

    /// The name of what is described here, for logs and errors.
    pub(super) fn id(&self) -> String {
        let names = [self.declaration.as_ref(), self.settings.profile()];
        names.into_iter().flatten().map(Profile::name).next().unwrap_or("profile").to_owned()
    }

    pub(super) fn find(&mut self, name: &str) -> Result<Option<Found>, Error> {
        self.look(name, name, false)
    }

    /// A value of the context: `[system.acme.context]` describes it, and a profile gives it by its bare name.
    pub(super) fn find_context(&mut self, name: &str) -> Result<Option<Found>, Error> {
        self.look(name, &format!("context.{name}"), false)
    }

    pub(super) fn require(&mut self, name: &str) -> Result<Found, Error> {
        self.find(name)?.ok_or_else(|| self.missing(name))
    }

    pub(super) fn secret(&mut self, name: &str) -> Result<Found, Error> {
        self.look(name, name, true)?.ok_or_else(|| self.missing(name))
    }

    pub(super) fn find_secret(&mut self, name: &str) -> Result<Option<Found>, Error> {
        self.look(name, name, true)
    }

    /// The values of a list; one string is a list of one. Empty if the key is not there.
    #[cfg(feature = "exec")]
    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Found>, Error> {
        self.asked.insert(name.to_owned());
        for profile in [self.settings.profile(), self.declaration.as_ref()].into_iter().flatten() {
            let values = profile.list(name, name, self.settings.env())?;
            if !values.is_empty() {
                return Ok(values);
            }
        }
        Ok(Vec::new())
    }

    /// Whether it says `name = true`.
    pub(super) fn is_on(&mut self, name: &str) -> Result<bool, Error> {
        match self.find(name)? {
            None => Ok(false),
            Some(found) => match found.value() {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(found.unusable("it is neither true nor false")),
            },
        }
    }

    /// A plain text of the description itself, which no variable and no profile changes.
    pub(super) fn described(&mut self, name: &str) -> Result<Option<Found>, Error> {
        self.asked.insert(name.to_owned());
        match &self.declaration {
            Some(declaration) => declaration.find(name, name, self.settings.env()),
            None => Ok(None),
        }
    }

    /// The names under `prefix.` in the description or the profile.
    pub(super) fn below(&self, prefix: &str) -> BTreeSet<String> {
        let profiles = [self.settings.profile(), self.declaration.as_ref()];
        let keys = profiles.into_iter().flatten().flat_map(Profile::keys);
        keys.filter_map(|key| key.strip_prefix(prefix)?.strip_prefix('.')?.split('.').next().map(str::to_owned))
            .collect()
    }

    /// `name` is the profile's key, `described` the description's.
    fn look(&mut self, name: &str, described: &str, secret: bool) -> Result<Option<Found>, Error> {
        let found = self.in_order(name, described, secret)?;
        let is_sent = |found: &&Found| (secret || found.is_referred()) && !["endpoint", "token_url"].contains(&name);
        self.sent.extend(found.as_ref().filter(is_sent).cloned());
        Ok(found)
    }

    fn in_order(&mut self, name: &str, described: &str, secret: bool) -> Result<Option<Found>, Error> {
        self.asked.insert(name.to_owned());
        let variables = self.variables(described)?;
        let variables: Vec<&str> = variables.iter().map(Found::value).collect();
        let key = [name];
        let lookup = Lookup::new(name).variables(&variables).keys(&key);
        let lookup = if secret { lookup.secret() } else { lookup };
        let found = self.settings.find(&lookup)?;
        if let Some(found) = found {
            if let Some(place) = self.declaration.as_ref().and_then(|all| all.place(&format!("{described}.variables")))
                && variables.contains(&found.provenance().name())
            {
                self.refuse_nearby(&place, "a variable")?;
            }
            return Ok(Some(found));
        }
        let Some(declaration) = &self.declaration else { return Ok(None) };
        let env = self.settings.env();
        let found = match declaration.find(name, described, env)? {
            Some(found) => Some(found),
            None => declaration.find(name, &format!("{described}.default"), env)?,
        };
        self.settings.explain_as(&lookup, found.as_ref());
        Ok(found)
    }

    /// The variables that the description names for a setting.
    pub(super) fn variables(&self, name: &str) -> Result<Vec<Found>, Error> {
        let Some(declaration) = &self.declaration else { return Ok(Vec::new()) };
        declaration.list(name, &format!("{name}.variables"), self.settings.env())
    }

    /// The error about a setting that is not there; or, if there is a key that means nothing, about that: it may be this one,
    /// misspelt.
    pub(super) fn missing(&self, name: &str) -> Error {
        if let Some(error) = self.expected().and_then(|known| self.unknown_key(&known)) {
            return error;
        }
        let variables = self.variables(name).unwrap_or_default();
        let variables: Vec<&str> = variables.iter().map(Found::value).collect();
        let key = [name];
        self.settings.missing(&Lookup::new(name).variables(&variables).keys(&key))
    }

    /// An error if the profile or the description has a key that means nothing.
    pub(super) fn check_keys(&self) -> Result<(), Error> {
        let is_known = |known: &BTreeSet<String>, name: &String| name.starts_with("context.") || known.contains(name);
        debug_assert!(
            self.expected().is_none_or(|known| self.asked.iter().all(|name| is_known(&known, name))),
            "{:?} are not all among the keys of the type",
            self.asked
        );
        self.unknown_key(&self.asked).map_or(Ok(()), Err)
    }

    /// The names that may be asked for, as far as the type says; `None` if it is none.
    fn expected(&self) -> Option<BTreeSet<String>> {
        let profiles = [self.settings.profile(), self.declaration.as_ref()];
        let kinds = profiles.into_iter().flatten().map(|profile| profile.find("type", "type", self.settings.env()));
        let kind = kinds.collect::<Result<Vec<_>, _>>().ok()?.into_iter().flatten().next();
        let keys = source::keys(kind.as_ref().map_or("token", Found::value))?;
        let keys = SELECTING.into_iter().chain(COMMON).chain(keys).map(str::to_owned);
        Some(keys.chain(self.below("context")).collect())
    }

    fn unknown_key(&self, known: &BTreeSet<String>) -> Option<Error> {
        let own = self.settings.profile().map(|profile| (profile, false));
        let described = self.declaration.as_ref().map(|declaration| (declaration, true));
        for (profile, is_description) in own.into_iter().chain(described) {
            for key in profile.keys() {
                let (head, tail) = key.split_once('.').unwrap_or((key, ""));
                let is_known = match (head, tail) {
                    ("context", _) => is_description && is_of_context(tail),
                    (_, "variables" | "default") => is_description && known.contains(head),
                    (_, "") => known.contains(head),
                    _ => false,
                };
                if !is_known {
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    return Some(profile.unknown_key(key, &known));
                }
            }
        }
        None
    }
}

/// What may stand below `context`: a name, and below it what is known of the value.
fn is_of_context(key: &str) -> bool {
    let (name, tail) = key.split_once('.').unwrap_or((key, "default"));
    !name.is_empty() && ["header", "query", "body", "variables", "default"].contains(&tail)
}
