//! Which credential it is.

use auth_core::{Access, Error, ErrorKind};

use super::check::Check;
use super::config;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::selection::{self, Candidate};

pub(super) const ID: &str = "credential";

/// The one that is used, and where it came from.
pub(super) fn check(context: &Context) -> (Check, Option<Access>) {
    let access = match selection::select(context) {
        Ok(access) => access,
        Err(failure) => {
            let fix = fix_of(&failure, context);
            return (Check::fail(ID, failure.message.replace('\n', " "), fix).with_exit(failure.exit), None);
        }
    };
    let (id, endpoint) = (access.id(), access.endpoint());
    let what = match (access.credential_name(), access.credential()) {
        (Some(name), Some(place)) => format!("{name} from {place}"),
        _ if access.is_none_needed() => "none is needed".to_owned(),
        _ => "a source that looks for itself".to_owned(),
    };
    (Check::ok(ID, format!("{id}: {what}")).with_details([format!("for {endpoint}")]), Some(access))
}

/// What to do about there being none.
fn fix_of(failure: &Failure, context: &Context) -> String {
    let message = &failure.message;
    if failure.exit != Exit::NoCredentials {
        return "mend what the summary names".to_owned();
    }
    if message.starts_with("there is no file") && config::is_absent(context) {
        return config::CREATE.to_owned();
    }
    if let Some(name) = missing_variable(message) {
        return if cfg!(windows) { format!("$env:{name} = \"...\"") } else { format!("export {name}=...") };
    }
    let is_nothing_there = selection::candidates(context).is_ok_and(|all| {
        let is_absent = |one: &Candidate| matches!(&one.access, Err(error) if error.kind() == ErrorKind::Unavailable);
        all.iter().all(is_absent)
    });
    let everywhere = "`authctl sources` lists where a credential may stand, and what is wrong there";
    if is_nothing_there { everywhere } else { "correct the setting that the summary names" }.to_owned()
}

/// The variable that the library's message says is to be set, or is not.
fn missing_variable(message: &str) -> Option<&str> {
    let unset = || Some(message.split_once("the variable ")?.1.split_once(", which is not set")?.0);
    let name = message.split_once(": set ").map(|(_, rest)| rest).or_else(unset)?;
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
    Some(&name[..end]).filter(|name| !name.is_empty())
}

/// What to do about an error of the library.
pub(super) fn fix(error: &Error) -> &'static str {
    const URL: &str = "correct the token URL; if it is right, look at what stands between: a proxy, a login page";
    match error.kind() {
        // Not there, not by this method, no longer there: waiting won't help.
        _ if matches!(error.status(), Some(404 | 405 | 410)) => URL,
        ErrorKind::Unavailable | ErrorKind::Misconfigured => "correct the setting that the summary names",
        ErrorKind::Rejected => "replace the credential, or ask its issuer what it lacks",
        ErrorKind::Malformed => URL,
        ErrorKind::Transient | ErrorKind::Timeout => "wait and try again; if it stays so, ask who runs the issuer",
        ErrorKind::InteractionRequired => "sign in with the system's own client",
        ErrorKind::ExpiredOnArrival => "compare the clocks, or get a new token",
        ErrorKind::InsecureTransport => "use an https URL",
        _ => "see docs/guides/errors.md",
    }
}
