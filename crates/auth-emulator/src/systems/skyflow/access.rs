//! Who may use the vault: whoever has a bearer token or an API key.

use http::{HeaderMap, HeaderName};
use serde_json::{Value, json};

use super::error::Problem;
use crate::{Rejection, realm::Realm, sent, shared::Shared};

/// The gateway's own header, because `Authorization` belongs to the API behind it.
const GATEWAY: HeaderName = HeaderName::from_static("x-skyflow-authorization");

/// `Authorization: Bearer`, with a token or a key.
pub(crate) fn authenticated(shared: &Shared, headers: &HeaderMap) -> Result<(), Problem> {
    let token = sent::bearer(headers).ok_or_else(|| Problem::unauthorized("unauthorized: no bearer token"))?;
    verify(shared, token).map_err(Problem::token)
}

/// The token as it is. `Bearer ` before it makes it another.
pub(crate) fn at_gateway(shared: &Shared, headers: &HeaderMap) -> Result<(), Problem> {
    let mut values = headers.get_all(GATEWAY).iter();
    match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
        (Some(token), None) => verify(shared, token).map_err(Problem::token),
        _ => Err(Problem::unauthorized("unauthorized: no token in x-skyflow-authorization")),
    }
}

fn verify(shared: &Shared, token: &str) -> Result<(), Rejection> {
    match token.starts_with("sky-") {
        true => shared.systems.skyflow.verify_api_key(token),
        false => claims(shared, token).map(drop),
    }
}

pub(crate) fn claims(shared: &Shared, token: &str) -> Result<Value, Rejection> {
    let verified = shared.verified(&[Realm::Skyflow], token)?;
    Ok(json!(verified.members))
}
