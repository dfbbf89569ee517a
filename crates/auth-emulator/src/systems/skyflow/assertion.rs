//! The assertion of a bearer account.

use serde_json::{Map, Value};

use super::error::Problem;
use crate::{
    Rejection, rules,
    shared::Shared,
    systems::paths,
    verifier::{self, Party, Verified},
};

/// An assertion that was found good, and what it asks to have in the token.
pub(crate) struct Asserted {
    pub(crate) client_id: String,
    pub(crate) key_id: String,
    pub(crate) context: Option<Value>,
}

pub(crate) fn verify(shared: &Shared, assertion: &str) -> Result<Asserted, Problem> {
    // An account with API keys has nothing to sign with, so it is told apart from none before any key is needed.
    let mut has_api_keys = false;
    let verified = verifier::verify(&rules::SERVICE_ACCOUNT, assertion, shared.now(), |claims| {
        party(shared, claims)
            .inspect_err(|unfit| has_api_keys = unfit.is_none())
            .map_err(|unfit| unfit.unwrap_or(Rejection::Issuer))
    });
    if has_api_keys {
        return Err(Problem::forbidden("a service account with API keys can't make bearer tokens"));
    }
    let verified = verified.map_err(Problem::token)?;
    shared.systems.replays.admit(&verified, shared.now()).map_err(Problem::token)?;
    Ok(Asserted { context: context(&verified)?, key_id: text(&verified.members, "key"), client_id: verified.subject })
}

/// Who signed, by `iss` and `key`. `None` for an account that has API keys.
fn party(shared: &Shared, claims: &Map<String, Value>) -> Result<Party, Option<Rejection>> {
    let client_id = text(claims, "iss");
    let account = shared.systems.skyflow.bearer(&client_id).map_err(|unfit| unfit.map(|_| Rejection::Issuer))?;
    match claims.get("key") {
        None => return Err(Some(Rejection::MissingClaim("key"))),
        Some(Value::String(key)) if *key == account.key_id => {}
        Some(Value::String(_)) => return Err(Some(Rejection::Key)),
        Some(_) => return Err(Some(Rejection::Claims)),
    }
    Ok(Party {
        issuers: vec![client_id.clone()],
        subject: Some(client_id),
        audiences: vec![format!("{}{}", shared.url, paths::SKYFLOW_TOKEN)],
        keys: vec![account.public_key()],
    })
}

/// A string, a number, a boolean, or an object whose names are words.
fn context(verified: &Verified) -> Result<Option<Value>, Problem> {
    let Some(context) = verified.members.get("ctx") else { return Ok(None) };
    let word =
        |name: &String| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match context {
        Value::Object(members) if !members.keys().all(word) => {
            Err(Problem::bad_request("a name in the context is not made of letters, digits and underscores"))
        }
        Value::Null | Value::Array(_) => Err(Problem::bad_request("the context is a list or null")),
        context => Ok(Some(context.clone())),
    }
}

fn text(claims: &Map<String, Value>, name: &str) -> String {
    claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
