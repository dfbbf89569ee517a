//! The config.

use std::path::PathBuf;

use auth_core::ErrorKind;
use auth_core::settings::Profiles;

use super::check::Check;
use crate::context::Context;
use crate::failure::Exit;
use crate::selection;

const ID: &str = "config";

/// What to do about a config that is not there.
pub(super) const CREATE: &str = "create it, or name another by --config / AUTHCTL_CONFIG";

/// Whether it is there and can be read.
pub(super) fn check(context: &Context) -> Check {
    match selection::profiles(context) {
        Ok(profiles) => {
            let names: Vec<&str> = profiles.names().collect();
            let (path, names) = (profiles.path().display(), names.join(", "));
            let summary = format!("{path} has the profiles: {names}");
            Check::ok(ID, if names.is_empty() { format!("{path} has no profile") } else { summary })
        }
        Err(error) if error.kind() == ErrorKind::Unavailable && context.global.config.is_none() => {
            let shown = place(context).map(|path| path.display().to_string());
            Check::skipped(ID, format!("there is none: {}", shown.unwrap_or_else(|| error.to_string())))
        }
        Err(error) => {
            let at_the_line = "correct the file at the line that the summary names, or name another by --config";
            let fix = if is_absent(context) { CREATE } else { at_the_line };
            Check::fail(ID, error.to_string(), fix).with_exit(Exit::NoCredentials)
        }
    }
}

/// Where it is, or would be. None if that can't be told.
pub(super) fn place(context: &Context) -> Option<PathBuf> {
    context.global.config.clone().or_else(|| Profiles::config_path(&context.env).ok())
}

/// The one that somebody named, by an argument or by a variable.
pub(super) fn named(context: &Context) -> Option<PathBuf> {
    let is_named = context.global.config.is_some() || context.env.get("AUTHCTL_CONFIG").ok().flatten().is_some();
    is_named.then(|| place(context)).flatten()
}

pub(super) fn is_absent(context: &Context) -> bool {
    place(context).is_some_and(|path| !path.exists())
}
