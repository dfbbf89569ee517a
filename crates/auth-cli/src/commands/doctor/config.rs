//! The config.

use auth_core::ErrorKind;
use auth_core::settings::Profiles;

use super::check::Check;
use crate::context::Context;
use crate::failure::Exit;
use crate::selection;

const ID: &str = "config";

/// Whether it is there and can be read.
pub(super) fn check(context: &Context) -> Check {
    match selection::profiles(context) {
        Ok(profiles) => {
            let names: Vec<&str> = profiles.names().collect();
            let (path, names) = (profiles.path().display(), names.join(", "));
            let summary = format!("{path} has the profiles: {names}");
            Check::ok(ID, if names.is_empty() { format!("{path} has no profile") } else { summary })
        }
        Err(error) if error.kind() == ErrorKind::Unavailable => {
            let place = Profiles::config_path(&context.env).map(|path| path.display().to_string());
            Check::skipped(ID, format!("there is none: {}", place.unwrap_or_else(|error| error.to_string())))
        }
        Err(error) => {
            let fix = "correct the file at the line that the summary names, or name another by --config";
            Check::fail(ID, error.to_string(), fix).with_exit(Exit::NoCredentials)
        }
    }
}
