//! One authenticated call.

use auth_core::{Access, Authenticator};
use auth_reqwest::{ApiError, ApiErrorKind};

use super::check::Check;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::network;

pub(super) const ID: &str = "api-call";

/// Whether the API takes the credential.
pub(super) async fn check(access: &Access, auth: &Authenticator, context: &Context) -> Check {
    let Some(path) = access.probe() else {
        let why =
            format!("{} has no path that only asks: give a profile of your own `whoami = \"/path\"`", access.id());
        return Check::skipped(ID, why);
    };
    let client = match network::client(access, auth.clone()) {
        Ok(client) => client,
        Err(error) => return Check::fail(ID, error.to_string(), "mend what the summary names"),
    };
    match tokio::time::timeout(context.timeout(), client.get(path).send()).await {
        Ok(Ok(_)) => Check::ok(ID, format!("GET {} is answered", path.split('?').next().unwrap_or_default())),
        Ok(Err(error)) => refused(access, error),
        Err(_) => {
            let check = Check::fail(ID, "the API does not answer in time", "--timeout allows more");
            check.with_exit(Exit::Transient)
        }
    }
}

fn refused(access: &Access, error: ApiError) -> Check {
    let credential = match (access.credential_name(), access.credential()) {
        (Some(name), Some(place)) => format!("the {name} from {place}"),
        _ => "the credential".to_owned(),
    };
    let fix = match error.kind() {
        ApiErrorKind::Authentication => {
            format!("401: replace {credential}, or look whether it is for {}", access.endpoint())
        }
        ApiErrorKind::PermissionDenied => {
            format!("403: who it is is known, and has no right to this: ask for the right, or replace {credential}")
        }
        ApiErrorKind::NotFound => format!("look at the path of the endpoint, {}", access.endpoint()),
        ApiErrorKind::RateLimit => "come back later".to_owned(),
        ApiErrorKind::Server => "the API itself has failed: ask who runs it".to_owned(),
        ApiErrorKind::Network => "look at what stands between: a proxy, a firewall".to_owned(),
        ApiErrorKind::Decode => "something else answers than the API: a proxy, a login page, another path".to_owned(),
        _ => "see docs/guides/errors.md".to_owned(),
    };
    let failure = Failure::from(error);
    Check::fail(ID, failure.message.replace('\n', " "), fix).with_exit(failure.exit)
}
