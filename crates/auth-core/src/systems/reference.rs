//! Every setting of every system, for references and tools.

use crate::settings::Setting;

/// One setting of one system, by all its names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// The system.
    pub system: &'static str,
    /// The setting's name, which is also the argument's.
    pub name: String,
    /// What it is.
    pub about: &'static str,
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
    #[allow(dead_code, reason = "which systems there are is for the features to say")]
    pub(super) fn of(system: &'static str, setting: &Setting) -> Self {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Self {
            system,
            name: setting.name().to_owned(),
            about: setting.about(),
            secret: setting.is_secret(),
            variables: owned(setting.variables()),
            keys: owned(setting.keys()),
            default: setting.default().map(str::to_owned),
        }
    }
}

/// What can be set, of the systems whose features are on, and of the profiles themselves.
pub fn reference() -> Vec<Reference> {
    #[allow(unused_mut, reason = "which systems there are is for the features to say")]
    let mut all: Vec<Reference> = Vec::new();
    #[cfg(feature = "cape")]
    all.extend(super::cape::SETTINGS.iter().map(|setting| Reference::of("cape", setting)));
    #[cfg(feature = "ibm")]
    all.extend(super::ibm::reference());
    #[cfg(feature = "ivcap")]
    all.extend(super::ivcap::SETTINGS.iter().map(|setting| Reference::of("ivcap", setting)));
    #[cfg(feature = "podstack")]
    all.extend(super::podstack::SETTINGS.iter().map(|setting| Reference::of("podstack", setting)));
    #[cfg(feature = "skyflow")]
    all.extend(super::skyflow::SETTINGS.iter().map(|setting| Reference::of("skyflow", setting)));
    all
}
