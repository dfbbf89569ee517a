//! Settings: where a value may stand, which place wins, and where it came from.
//!
//! One order everywhere, unless a system's page says otherwise: an argument, then environment variables, then the keys of a
//! profile, then a default. An empty value counts as none.

mod explanation;
mod found;
mod lookup;
mod profile;
mod provenance;
pub mod trust;

pub use explanation::{Explained, Explanation};
pub use found::Found;
pub use lookup::Lookup;
pub use profile::{Profile, Value};
pub use provenance::Provenance;
pub(crate) use provenance::shown;

use crate::{Env, Error};

/// Looks settings up, and remembers where each came from.
///
/// ```
/// use auth_core::{Env, settings::{Lookup, Settings}};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let mut settings = Settings::new(Env::of([("ACME_URL", "https://api.acme.example")]));
/// let url = settings.require(&Lookup::new("endpoint").argument(None).variables(&["ACME_URL"]))?;
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
        Self { env, profile: None, explanation: Explanation::default() }
    }

    /// The same, and behind the environment a profile.
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = Some(profile);
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
        let profile = self.profile.as_ref().map(|profile| profile.to_string());
        self.find(lookup)?.ok_or_else(|| Error::unavailable(lookup.missing(profile.as_deref())))
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
