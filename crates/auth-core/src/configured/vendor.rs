//! The vendors' systems that a profile can select by `system`.

use crate::settings::{Profile, Setting};
#[allow(unused_imports, reason = "which vendors there are is for the features to say")]
use crate::systems::settings;
use crate::{Access, Env, Error};

/// What `system` may be, with the features that are on.
pub(super) const NAMES: &[&str] = &[
    #[cfg(feature = "cape")]
    "cape",
    #[cfg(feature = "ibm")]
    "ibm",
    #[cfg(feature = "ivcap")]
    "ivcap",
    #[cfg(feature = "podstack")]
    "podstack",
    #[cfg(feature = "skyflow")]
    "skyflow",
    #[cfg(feature = "ibm")]
    "watsonx",
];

pub(super) fn access(profile: Profile, env: &Env) -> Result<Access, Error> {
    let Some(system) = profile.find("system", "system", env)? else {
        return Err(Error::misconfigured(format!("{profile} selects no `system`")));
    };
    match system.value() {
        #[cfg(feature = "cape")]
        "cape" => {
            check_keys(&profile, &keys(settings::CAPE))?;
            crate::systems::Cape::from_profile(profile, env).access()
        }
        #[cfg(feature = "ivcap")]
        "ivcap" => {
            check_keys(&profile, &keys(settings::IVCAP))?;
            crate::systems::Ivcap::from_profile(profile, env).access()
        }
        #[cfg(feature = "podstack")]
        "podstack" => {
            check_keys(&profile, &keys(settings::PODSTACK))?;
            crate::systems::Podstack::from_profile(profile, env).access()
        }
        #[cfg(feature = "skyflow")]
        "skyflow" => {
            check_keys(&profile, &keys(settings::SKYFLOW))?;
            crate::systems::Skyflow::from_profile(profile, env).access_of_profile()
        }
        #[cfg(feature = "ibm")]
        "ibm" => {
            check_keys(&profile, &keys(settings::IBM))?;
            crate::systems::IbmCloud::from_profile(profile, env).access()
        }
        #[cfg(feature = "ibm")]
        "watsonx" => {
            check_keys(&profile, &keys(settings::WATSONX))?;
            crate::systems::Watsonx::from_profile(profile, env).access()
        }
        _ => Err(Error::misconfigured(format!(
            "{} names a system that is neither described in the file nor known: {}",
            system.provenance(),
            NAMES.join(", ")
        ))),
    }
}

/// The keys that settings have in a profile.
#[allow(dead_code, reason = "which vendors there are is for the features to say")]
fn keys(settings: &[Setting]) -> Vec<&'static str> {
    settings.iter().flat_map(|setting| setting.keys().iter().copied()).collect()
}

/// An error if the profile has a key that means nothing to the system.
#[allow(dead_code, reason = "which vendors there are is for the features to say")]
fn check_keys(profile: &Profile, known: &[&str]) -> Result<(), Error> {
    let is_known = |key: &&str| known.contains(key) || ["system", "allow_nearby_endpoint"].contains(key);
    match profile.keys().find(|key| !is_known(key)) {
        Some(key) => Err(profile.unknown_key(key, known)),
        None => Ok(()),
    }
}
