//! The vendors' systems that a profile can select by `system`.

use crate::settings::Profile;
pub(super) use crate::systems::NAMES;
use crate::{Access, Env, Error};

/// The names of all, whatever features are on.
const ALL: [&str; 6] = ["cape", "ibm", "ivcap", "podstack", "skyflow", "watsonx"];

pub(super) fn access(profile: Profile, env: &Env) -> Result<Access, Error> {
    let Some(system) = profile.find("system", "system", env)? else {
        return Err(Error::misconfigured(format!("{profile} selects no `system`")));
    };
    match system.value() {
        #[cfg(feature = "cape")]
        "cape" => crate::systems::Cape::from_profile(profile, env).access(),
        #[cfg(feature = "ivcap")]
        "ivcap" => crate::systems::Ivcap::from_profile(profile, env).access(),
        #[cfg(feature = "podstack")]
        "podstack" => crate::systems::Podstack::from_profile(profile, env).access(),
        #[cfg(feature = "skyflow")]
        "skyflow" => crate::systems::Skyflow::from_profile(profile, env).access_of_profile(),
        #[cfg(feature = "ibm")]
        "ibm" => crate::systems::IbmCloud::from_profile(profile, env).access(),
        #[cfg(feature = "ibm")]
        "watsonx" => crate::systems::Watsonx::from_profile(profile, env).access(),
        named => match ALL.iter().find(|known| **known == named) {
            Some(known) => Err(Error::misconfigured(format!(
                "{} names the system {known}, which needs the feature `{}` of auth-core",
                system.provenance(),
                if *known == "watsonx" { "ibm" } else { known }
            ))),
            None => Err(Error::misconfigured(format!(
                "{} names a system that is neither described in the file nor known{}",
                system.provenance(),
                if NAMES.is_empty() { String::new() } else { format!(": {}", NAMES.join(", ")) }
            ))),
        },
    }
}
