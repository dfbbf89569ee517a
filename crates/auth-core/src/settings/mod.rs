//! Settings: where a value may stand, which place wins, and where it came from.
//!
//! One order everywhere, unless a system's page says otherwise: an argument, then environment variables, then the keys of a
//! profile, then a default. An empty value counts as none.

mod dotenv;
mod explanation;
mod found;
mod lookup;
mod profile;
mod profiles;
mod provenance;
mod setting;
pub mod trust;

pub use dotenv::DotEnv;
#[cfg(any(feature = "cape", feature = "ibm", feature = "ivcap", feature = "podstack", feature = "skyflow"))]
pub(crate) use explanation::fit_to_show;
pub use explanation::{Explained, Explanation};
pub use found::Found;
#[cfg(feature = "ibm")]
pub(crate) use found::Place;
pub use lookup::Lookup;
pub use profile::{Profile, Value};
#[cfg(feature = "profiles")]
pub(crate) use profiles::CONFIG;
pub use profiles::Profiles;
pub(crate) use profiles::SELECTED;
pub use provenance::Provenance;
pub(crate) use provenance::shown;
pub use setting::Setting;

use crate::{Env, Error};

/// Looks settings up, and remembers where each came from.
///
/// ```
/// use auth_core::{Env, settings::{Lookup, Settings}};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let mut settings = Settings::new(Env::of([("ACME_URL", "https://api.acme.example")]));
/// let argument: Option<String> = None;
/// let url = settings.require(&Lookup::new("endpoint").argument(argument.as_ref()).variables(&["ACME_URL"]))?;
/// assert_eq!(url.provenance().to_string(), "the variable ACME_URL");
/// assert_eq!(settings.explain().to_string(), "endpoint: https://api.acme.example (the variable ACME_URL)\n");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    env: Env,
    profile: Option<Profile>,
    explanation: Explanation,
}

impl Settings {
    /// Settings from arguments and this environment.
    pub fn new(env: Env) -> Self {
        let mut explanation = Explanation::default();
        env.warnings().for_each(|warning| explanation.note(warning));
        Self { env, profile: None, explanation }
    }

    /// The same, and behind the environment a profile, if there is one.
    #[must_use]
    pub fn with_profile(mut self, profile: impl Into<Option<Profile>>) -> Self {
        if let Some(profile) = profile.into() {
            profile.warning().into_iter().for_each(|warning| self.explanation.note(warning));
            self.profile = Some(profile);
        }
        self
    }

    /// The environment that is looked at.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// The profile behind it.
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    /// The value of a setting, or `None` if no place has it.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if a place has something that is no value: a variable that is not
    /// UTF-8, a profile's reference to a file that can't be read.
    pub fn find(&mut self, lookup: &Lookup<'_>) -> Result<Option<Found>, Error> {
        let found = lookup.in_order(&self.env, self.profile.as_ref())?;
        self.explanation.add(lookup, found.as_ref());
        Ok(found)
    }

    /// The value of a setting that has to be there.
    ///
    /// # Errors
    /// As [`find`](Self::find), and [`Unavailable`](crate::ErrorKind::Unavailable) with the names of all places if none has it.
    pub fn require(&mut self, lookup: &Lookup<'_>) -> Result<Found, Error> {
        self.find(lookup)?.ok_or_else(|| self.missing(lookup))
    }

    /// The error about a setting that no place has.
    pub(crate) fn missing(&self, lookup: &Lookup<'_>) -> Error {
        let profile = self.profile.as_ref().map(Profile::to_string);
        Error::unavailable(lookup.missing(&self.env, profile.as_deref()))
    }

    /// What was found for a lookup, where it was found elsewhere.
    #[cfg(feature = "profiles")]
    pub(crate) fn explain_as(&mut self, lookup: &Lookup<'_>, found: Option<&Found>) {
        self.explanation.add(lookup, found);
    }

    /// Counts a value in that leads to a token and was not looked up here: see [`Identity`](crate::Identity).
    #[cfg(feature = "skyflow")]
    pub(crate) fn count_in(&mut self, name: &str, value: &str) {
        self.explanation.count_in(name, value);
    }

    /// Adds a remark to the explanation.
    pub fn note(&mut self, note: impl Into<String>) {
        self.explanation.note(note);
    }

    /// Where everything that was looked up came from.
    pub fn explain(&self) -> &Explanation {
        &self.explanation
    }

    /// The same, to keep.
    pub fn into_explanation(self) -> Explanation {
        self.explanation
    }
}
