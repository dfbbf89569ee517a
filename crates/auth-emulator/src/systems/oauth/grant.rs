//! `urn:ietf:params:oauth:grant-type:jwt-bearer`: an assertion as a grant (RFC 7523, section 2.1).

use serde_json::{Map, Value};

use super::{GrantError, client};
use crate::{
    Rejection, rules,
    shared::Shared,
    verifier::{self, Party, Verified},
};

pub(crate) const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Whom the assertion speaks for. One with a `jti` is good for one use.
pub(crate) fn subject(shared: &Shared, assertion: &str) -> Result<String, GrantError> {
    let verified = verify(shared, assertion).map_err(GrantError::RejectedGrant)?;
    shared.systems.replays.admit(&verified, shared.now()).map_err(GrantError::RejectedGrant)?;
    Ok(verified.subject)
}

pub(crate) fn verify(shared: &Shared, assertion: &str) -> Result<Verified, Rejection> {
    verifier::verify(&rules::AUTHORIZATION_GRANT, assertion, shared.now(), |claims| party(shared, claims))
}

fn party(shared: &Shared, claims: &Map<String, Value>) -> Result<Party, Rejection> {
    let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    Ok(Party {
        keys: shared.systems.oauth.issuer_keys(issuer).ok_or(Rejection::Issuer)?,
        issuers: vec![issuer.to_owned()],
        subject: None,
        audiences: client::audiences(shared),
    })
}
