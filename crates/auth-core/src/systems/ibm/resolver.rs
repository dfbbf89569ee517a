//! Looking IBM's settings up, wherever a system keeps them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::super::given::Text;
use super::setting::Known;
use crate::settings::{Explanation, Found, Lookup, Place, Profile, Provenance, Settings, trust};
use crate::{Env, Error, Secret};

/// What a builder was given.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    values: BTreeMap<&'static str, Argument>,
    pub(super) allow_nearby_endpoint: bool,
}

impl Arguments {
    pub(super) fn give(&mut self, known: &Known, value: impl Into<Secret>) {
        let value = value.into();
        let argument = if known.setting.is_secret() { Argument::Secret(value) } else { Argument::Text(value.into()) };
        self.values.insert(known.name(), argument);
    }

    pub(super) fn has(&self, known: &Known) -> bool {
        self.values.get(known.name()).is_some_and(|value| !Secret::from(value.clone()).expose().is_empty())
    }
}

/// What `Debug` may show of one of them, and what not.
#[derive(Clone, Debug)]
enum Argument {
    Secret(Secret),
    Text(Text),
}

impl From<Argument> for Secret {
    fn from(argument: Argument) -> Self {
        match argument {
            Argument::Secret(value) => value,
            Argument::Text(text) => text.into(),
        }
    }
}

/// Where a setting stands if it is no argument.
#[derive(Clone, Debug)]
pub(super) enum Places {
    /// In a profile, or nowhere.
    Profile,
    /// In IBM's external configuration of a service, whose variables have this prefix; values by IBM's key.
    Service { prefix: String, found: BTreeMap<&'static str, Found> },
    /// In watsonx.ai's variables, then in a profile.
    Watsonx,
}

/// The arguments of a builder, the places behind them, and what was found so far.
#[derive(Debug)]
pub(super) struct Resolver {
    arguments: Arguments,
    places: Places,
    settings: Settings,
    env: Env,
}

impl Resolver {
    pub(super) fn new(arguments: Arguments, env: Env, profile: Option<Profile>, places: Places) -> Self {
        // What the external configuration leaves out, the environment does not fill in: one source wins whole.
        let looked_at = if let Places::Service { .. } = places { Env::empty() } else { env.clone() };
        let settings = Settings::new(looked_at).with_profile(profile);
        Self { arguments, places, settings, env }
    }

    /// The whole environment, for paths.
    pub(super) fn env(&self) -> &Env {
        &self.env
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.settings.note(note);
    }

    pub(super) fn has_argument(&self, known: &Known) -> bool {
        self.arguments.has(known)
    }

    pub(super) fn find(&mut self, known: &Known) -> Result<Option<Found>, Error> {
        self.look(known, None)
    }

    pub(super) fn find_or(&mut self, known: &Known, default: &str) -> Result<Found, Error> {
        let found = self.look(known, Some(default))?;
        Ok(found.unwrap_or_else(|| Found::new(known.name(), default, Provenance::Default)))
    }

    /// The setting, without which `stated` (if somebody stated it) is not usable.
    pub(super) fn need(&mut self, known: &Known, stated: Option<&Found>) -> Result<Found, Error> {
        match (self.find(known)?, stated) {
            (Some(found), _) => Ok(found),
            (None, Some(stated)) => {
                Err(stated.unusable(format!("it needs the {}: {}", known.name(), self.ways(known))))
            }
            (None, None) => Err(Error::unavailable(format!("no {} is configured: {}", known.name(), self.ways(known)))),
        }
    }

    /// How to set it.
    pub(super) fn ways(&self, known: &Known) -> String {
        let variables = self.variables(known);
        let mut ways = Vec::new();
        if self.env.has_builder_hints() {
            ways.push(format!("give the argument `{}`", known.name()));
        }
        if !variables.is_empty() {
            ways.push(format!("set {}", variables.join(" or ")));
        }
        if let (Some(profile), Some(key)) = (self.settings.profile(), known.setting.keys().first()) {
            ways.push(format!("put `{key}` into {profile}"));
        }
        if let (true, Some(key)) = (ways.is_empty(), known.setting.keys().first()) {
            ways.push(format!("choose a profile with `{key}`"));
        }
        ways.join(", ")
    }

    /// Whether the first of two settings stands in a place that wins over the second's; None if neither does.
    pub(super) fn stronger(&self, one: &Found, other: &Found) -> Option<bool> {
        match one.place().cmp(&other.place()) {
            Ordering::Less => Some(true),
            Ordering::Greater => Some(false),
            Ordering::Equal => None,
        }
    }

    /// Whether it stands where variables do: set, or in a `.env` file behind them.
    pub(super) fn is_variable(&self, found: &Found) -> bool {
        found.place() == Place::Variable
    }

    /// Refuses an endpoint that stands in the working directory for a credential that does not.
    pub(super) fn check_trust(&mut self, endpoints: &[Found], credentials: &[Found]) -> Result<(), Error> {
        let allowed = trust::allowed(&mut self.settings, self.arguments.allow_nearby_endpoint)?;
        endpoints
            .iter()
            .flat_map(|endpoint| credentials.iter().map(move |credential| (endpoint, credential)))
            .try_for_each(|(endpoint, credential)| trust::check(endpoint, credential, allowed))
    }

    pub(super) fn into_explanation(self) -> Explanation {
        self.settings.into_explanation()
    }

    fn look(&mut self, known: &Known, default: Option<&str>) -> Result<Option<Found>, Error> {
        let variables = self.variables(known);
        let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
        let argument = self.arguments.values.get(known.name());
        let mut lookup = Lookup::of(&known.setting).argument(argument).variables(&variables);
        if let Places::Service { found, .. } = &self.places {
            lookup = lookup.found(known.external.iter().find_map(|key| found.get(key)));
        }
        if let Some(default) = default {
            lookup = lookup.default(default);
        }
        self.settings.find(&lookup)
    }

    fn variables(&self, known: &Known) -> Vec<String> {
        match &self.places {
            Places::Profile => Vec::new(),
            Places::Service { prefix, .. } => {
                known.external.first().map(|key| format!("{prefix}_{key}")).into_iter().collect()
            }
            Places::Watsonx => known.setting.variables().iter().map(ToString::to_string).collect(),
        }
    }
}
