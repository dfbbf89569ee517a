//! From a profile to an [`Access`]: a vendor's system, one described in the same file, or a plain source.

mod names;
mod oauth;
mod plain;
mod source;
#[cfg(test)]
#[cfg(all(feature = "test-util", feature = "systems"))]
mod tests;
mod vendor;

use names::Names;

use crate::settings::{Profile, Profiles, shown};
use crate::{Access, Env, Error};

impl Profiles {
    /// What a profile comes to: the one of this name, else of the one that `AUTHCTL_PROFILE` has, else `default`.
    ///
    /// Its `system` is one of the vendors' (`cape`, `ivcap`, ...), as far as their features are on, or one that the same file
    /// describes; or else its `type` is that of a source. `docs/guides/custom-system.md` in the repository has every key.
    ///
    /// # Errors
    /// As [`select`](Self::select), and [`Misconfigured`](crate::ErrorKind::Misconfigured) with file and line if the profile
    /// selects nothing or something unknown, or has a key that means nothing there. As the system's own for all else.
    pub fn access(&self, name: Option<&str>, env: &Env) -> Result<Access, Error> {
        let profile = self.select(name, env)?;
        let system = profile.find("system", "system", env)?;
        let declaration = system.as_ref().and_then(|system| self.system(system.value()));
        access(profile, system.is_some(), declaration, env)
    }

    /// What a system that the file describes comes to without a profile: by its variables and defaults alone.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if the file describes no system of this name, or if a setting is missing;
    /// else as [`access`](Self::access).
    pub fn access_of_system(&self, name: &str, env: &Env) -> Result<Access, Error> {
        let described: Vec<&str> = self.systems().collect();
        let Some(declaration) = self.system(name) else {
            return Err(Error::unavailable(match &described[..] {
                [] => format!("{} describes no system", shown(self.path())),
                known => format!("{} describes no such system; it describes {}", shown(self.path()), known.join(", ")),
            }));
        };
        plain::access(Names::new(declaration.without_values(), Some(declaration), env.clone()))
    }
}

fn access(profile: Profile, has_system: bool, declaration: Option<Profile>, env: &Env) -> Result<Access, Error> {
    let kind = profile.find("type", "type", env)?;
    match (has_system, kind) {
        (true, Some(kind)) => Err(kind.unusable("there is a `system` as well: choose one")),
        (true, None) if declaration.is_none() => vendor::access(profile, env),
        (false, None) => Err(Error::misconfigured(format!(
            "{profile} selects nothing: give it a `system` ({}) or a `type` ({})",
            if vendor::NAMES.is_empty() { "that the file describes".to_owned() } else { vendor::NAMES.join(", ") },
            source::NAMES.join(", ")
        ))),
        _ => plain::access(Names::new(profile, declaration, env.clone())),
    }
}
