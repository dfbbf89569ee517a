//! `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693).

use serde_json::json;

use super::{GrantError, grant};
use crate::{Rejection, form::Form, issuer::Order, realm::Realm, shared::Shared};

pub(crate) const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub(crate) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

pub(crate) fn order(shared: &Shared, form: &mut Form) -> Result<Order, GrantError> {
    let requested = form.take("requested_token_type");
    if requested.is_some_and(|kind| kind != ACCESS_TOKEN) {
        return Err(GrantError::InvalidRequest("requested_token_type is not supported"));
    }
    let token = form.take("subject_token").ok_or(GrantError::InvalidRequest("subject_token is missing"))?;
    let kind = form.take("subject_token_type").ok_or(GrantError::InvalidRequest("subject_token_type is missing"))?;
    let order = Order::new(Realm::OAuth, party(shared, &token, &kind)?);
    match (form.take("actor_token"), form.take("actor_token_type")) {
        (None, None) => Ok(order),
        (Some(token), Some(kind)) => Ok(order.with("act", json!({"sub": party(shared, &token, &kind)?}))),
        _ => Err(GrantError::InvalidRequest("actor_token and actor_token_type go together")),
    }
}

/// An access token of ours, or a JWT of a registered issuer: a workload's own, say, which may be exchanged as long as it
/// is good, so that its `jti` is no matter here.
fn party(shared: &Shared, token: &str, kind: &str) -> Result<String, GrantError> {
    let ours = || shared.verify(token).map(|claims| claims.subject().to_owned());
    let subject = match kind {
        ACCESS_TOKEN => ours(),
        JWT => match grant::verify(shared, token) {
            Ok(verified) => Ok(verified.subject),
            // Nobody's key, then: not ours, and of no registered issuer.
            Err(Rejection::Issuer) => {
                ours().map_err(|ours| if ours == Rejection::Key { Rejection::Issuer } else { ours })
            }
            Err(rejection) => Err(rejection),
        },
        _ => return Err(GrantError::InvalidRequest("a token type is not supported")),
    };
    subject.map_err(GrantError::RejectedGrant)
}
