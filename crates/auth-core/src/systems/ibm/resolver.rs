//! Looking IBM's settings up, wherever a system keeps them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::setting::Setting;
use crate::settings::{Explanation, Found, Lookup, Profile, Provenance, Settings, trust};
use crate::{Env, Error, Secret};

/// The arguments of a builder, the places behind them, and what was found so far.
#[derive(Clone, Debug)]
pub(super) struct Resolver {
    arguments: BTreeMap<&'static str, Secret>,
    places: Places,
    settings: Settings,
    env: Env,
    pub(super) allow_nearby: bool,
    notes: Vec<String>,
}

/// Where a setting stands if it is no argument.
#[derive(Clone, Debug)]
pub(super) enum Places {
    /// In a profile, or nowhere.
    Profile,
    /// In IBM's external configuration of a service, whose variables have this prefix.
    Service { prefix: String, found: BTreeMap<&'static str, Found> },
    /// In watsonx.ai's variables, then in a profile.
    Watsonx,
}

impl Resolver {
    pub(super) fn new(env: &Env, profile: Option<Profile>, places: Places) -> Self {
        // What the external configuration leaves out, the environment does not fill in: one source wins whole.
        let looked_at = match places {
            Places::Service { .. } => Env::of::<String, String>([]),
            Places::Profile | Places::Watsonx => env.clone(),
        };
        let settings = Settings::new(looked_at);
        let settings = match profile {
            Some(profile) => settings.with_profile(profile),
            None => settings,
        };
        let (arguments, notes) = (BTreeMap::new(), Vec::new());
        Self { arguments, places, settings, env: env.clone(), allow_nearby: false, notes }
    }

    /// The whole environment, for paths.
    pub(super) fn env(&self) -> &Env {
        &self.env
    }

    pub(super) fn give(&mut self, setting: &Setting, value: impl Into<Secret>) {
        self.arguments.insert(setting.argument, value.into());
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Whether somebody configured anything but arguments.
    pub(super) fn is_configured(&self) -> bool {
        match &self.places {
            Places::Service { found, .. } => !found.is_empty(),
            Places::Profile | Places::Watsonx => self.settings.profile().is_some(),
        }
    }

    pub(super) fn has_argument(&self, setting: &Setting) -> bool {
        self.arguments.get(setting.argument).is_some_and(|value| !value.expose().is_empty())
    }

    pub(super) fn find(&mut self, setting: &Setting) -> Result<Option<Found>, Error> {
        self.look(setting, None)
    }

    pub(super) fn find_or(&mut self, setting: &Setting, default: &str) -> Result<Found, Error> {
        let found = self.look(setting, Some(default))?;
        Ok(found.unwrap_or_else(|| Found::new(setting.what, default, Provenance::Default)))
    }

    /// The setting, without which `stated` (if somebody stated it) is not usable.
    pub(super) fn need(&mut self, setting: &Setting, stated: Option<&Found>) -> Result<Found, Error> {
        match (self.find(setting)?, stated) {
            (Some(found), _) => Ok(found),
            (None, Some(stated)) => {
                Err(stated.unusable(format!("it needs the {}: {}", setting.what, self.ways(setting))))
            }
            (None, None) => {
                Err(Error::unavailable(format!("no {} is configured: {}", setting.what, self.ways(setting))))
            }
        }
    }

    /// How to set it.
    pub(super) fn ways(&self, setting: &Setting) -> String {
        let variables = self.variables(setting);
        let mut ways = vec![format!("give the argument `{}`", setting.argument)];
        if !variables.is_empty() {
            ways.push(format!("set {}", variables.join(" or ")));
        }
        if let (Places::Profile | Places::Watsonx, Some(key)) = (&self.places, setting.profile.first()) {
            ways.push(match self.settings.profile() {
                Some(profile) => format!("put `{key}` into {profile}"),
                None => format!("choose a profile with `{key}`"),
            });
        }
        ways.join(", ")
    }

    /// Whether the first of two settings stands in a place that wins over the second's; None if neither does.
    pub(super) fn stronger(&self, one: &Found, other: &Found) -> Option<bool> {
        let rank = |found: &Found| match found.provenance() {
            Provenance::Argument(_) => 0,
            Provenance::Variable(_) => 1,
            Provenance::File { path, .. } => {
                // A `.env` file stands in for the environment.
                1 + u8::from(self.settings.profile().is_some_and(|profile| profile.path() == path))
            }
            Provenance::Platform(_) => 1,
            Provenance::Default => 3,
        };
        match rank(one).cmp(&rank(other)) {
            Ordering::Less => Some(true),
            Ordering::Greater => Some(false),
            Ordering::Equal => None,
        }
    }

    /// Refuses an endpoint that stands in the working directory for a credential that does not.
    pub(super) fn check_trust(&mut self, endpoints: &[Found], credentials: &[Found]) -> Result<(), Error> {
        let allowed = trust::allowed(&mut self.settings, self.allow_nearby)?;
        endpoints
            .iter()
            .flat_map(|endpoint| credentials.iter().map(move |credential| (endpoint, credential)))
            .try_for_each(|(endpoint, credential)| trust::check(endpoint, credential, allowed))
    }

    pub(super) fn into_explanation(self) -> Explanation {
        let mut explanation = self.settings.into_explanation();
        self.notes.into_iter().for_each(|note| explanation.note(note));
        explanation
    }

    fn look(&mut self, setting: &Setting, default: Option<&str>) -> Result<Option<Found>, Error> {
        let variables = self.variables(setting);
        let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
        let argument = self.arguments.get(setting.argument);
        let mut lookup = Lookup::new(setting.what).argument_named(setting.argument, argument).variables(&variables);
        match &self.places {
            Places::Service { found, .. } => {
                lookup = lookup.found(setting.keys.iter().find_map(|key| found.get(key)));
            }
            Places::Profile | Places::Watsonx => lookup = lookup.keys(setting.profile),
        }
        if setting.secret {
            lookup = lookup.secret();
        }
        if let Some(default) = default {
            lookup = lookup.default(default);
        }
        self.settings.find(&lookup)
    }

    fn variables(&self, setting: &Setting) -> Vec<String> {
        let first = setting.keys.first();
        match &self.places {
            Places::Profile => Vec::new(),
            Places::Service { prefix, .. } => first.map(|key| format!("{prefix}_{key}")).into_iter().collect(),
            Places::Watsonx => setting.watsonx_variables(),
        }
    }
}
