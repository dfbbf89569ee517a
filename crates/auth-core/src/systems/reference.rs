//! Every setting of every system, and of this crate itself, for references and tools.

use crate::settings::{self, Setting};
use crate::{env, sources};

/// One setting, by all its names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// The system; or what reads it, if it belongs to none: `folders`, `profiles`, `chain`, `exec`.
    pub system: &'static str,
    /// The setting's name, which is also the argument's.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Whether it is a secret.
    pub secret: bool,
    /// Its variables, in the order in which they win.
    pub variables: Vec<String>,
    /// Its keys in a profile, in the order in which they win.
    pub keys: Vec<String>,
    /// What it is if no place has it.
    pub default: Option<String>,
}

impl Reference {
    pub(super) fn of(system: &'static str, setting: &Setting) -> Self {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Self {
            system,
            name: setting.name().to_owned(),
            about: setting.about().to_owned(),
            secret: setting.is_secret(),
            variables: owned(setting.variables()),
            keys: owned(setting.keys()),
            default: setting.default().map(str::to_owned),
        }
    }
}

/// What can be set: of this crate, and of the systems whose features are on.
///
/// ```
/// let all = auth_core::systems::reference();
/// assert!(all.iter().any(|setting| setting.variables == ["AUTHCTL_PROFILE"]));
/// ```
pub fn reference() -> Vec<Reference> {
    let mut all: Vec<Reference> = Vec::new();
    let mut add = |system, settings: &[Setting]| all.extend(settings.iter().map(|one| Reference::of(system, one)));
    add("profiles", &[settings::SELECTED]);
    #[cfg(feature = "profiles")]
    add("profiles", &[settings::CONFIG]);
    add("chain", &[sources::CHOSEN]);
    add("folders", &env::SETTINGS);
    #[cfg(feature = "exec")]
    add("exec", &sources::EXEC);
    #[cfg(feature = "cape")]
    add("cape", &super::cape::SETTINGS);
    #[cfg(feature = "ivcap")]
    add("ivcap", &super::ivcap::SETTINGS);
    #[cfg(feature = "podstack")]
    add("podstack", &super::podstack::SETTINGS);
    #[cfg(feature = "skyflow")]
    add("skyflow", &super::skyflow::SETTINGS);
    #[cfg(feature = "ibm")]
    all.extend(super::ibm::reference());
    all
}
