//! From a profile to an [`Access`]: a vendor's system, one described in the same file, or a plain source.

mod names;
mod placed;
mod plain;
mod source;
mod vendor;

use names::Names;

use crate::settings::Profile;
use crate::{Access, Env, Error};

/// What a profile comes to. `declaration` is the `[system.NAME]` of the same file, if the profile's `system` names one.
///
/// # Errors
/// [`Misconfigured`](crate::ErrorKind::Misconfigured) with file and line if the profile selects nothing, something unknown, or
/// has a key that means nothing there.
pub(crate) fn access(profile: Profile, declaration: Option<Profile>, env: &Env) -> Result<Access, Error> {
    let selected = |key: &str| profile.find(key, key, env);
    match (selected("system")?, selected("type")?) {
        (Some(system), Some(kind)) if declaration.is_none() => Err(Error::misconfigured(format!(
            "{} has both `system` ({}) and `type` ({}): choose one",
            profile,
            system.provenance(),
            kind.provenance()
        ))),
        (Some(system), _) if declaration.is_none() => vendor::access(&system, profile, env),
        (None, None) => Err(Error::misconfigured(format!(
            "{profile} selects nothing: give it a `system` ({}) or a `type` ({})",
            vendor::NAMES.join(", "),
            source::NAMES.join(", ")
        ))),
        _ => plain::access(Names::new(profile, declaration, env.clone())),
    }
}
