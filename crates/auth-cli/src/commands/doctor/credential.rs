//! Which credential it is.

use auth_core::{Access, ErrorKind};

use super::check::Check;
use crate::context::Context;
use crate::failure::Exit;
use crate::selection;

pub(super) const ID: &str = "credential";

/// The one that is used, and where it came from.
pub(super) fn check(context: &Context) -> (Check, Option<Access>) {
    let access = match selection::select(context) {
        Ok(access) => access,
        Err(failure) => {
            let fix = match failure.exit {
                Exit::NoCredentials => "`authctl sources` lists where a credential may stand, and what is wrong there",
                _ => "mend what the summary names",
            };
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

/// What to do about an error of the library.
pub(super) fn fix(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unavailable | ErrorKind::Misconfigured => "correct the setting that the summary names",
        ErrorKind::Rejected => "replace the credential, or ask its issuer what it lacks",
        ErrorKind::Malformed => "look at what stands between: a proxy, a login page, a wrong token URL",
        ErrorKind::Transient | ErrorKind::Timeout => "wait and try again; if it stays so, ask who runs the issuer",
        ErrorKind::InteractionRequired => "sign in with the system's own client",
        ErrorKind::ExpiredOnArrival => "compare the clocks, or get a new token",
        ErrorKind::InsecureTransport => "use an https URL",
        _ => "see docs/guides/errors.md",
    }
}
