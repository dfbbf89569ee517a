//! The assertion of a bearer account.

use serde_json::{Map, Value};

use super::{
    accounts::{BearerAccount, Unfit},
    error::Problem,
};
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
    // The verifier knows reasons within a token only; this one is about the account.
    let mut has_api_keys = false;
    let verified = verifier::verify(&rules::SERVICE_ACCOUNT, assertion, shared.now(), |claims| {
        let account = shared.systems.skyflow.bearer(text(claims, "iss"));
        has_api_keys = matches!(account, Err(Unfit::ApiKeys));
        party(shared, &account.map_err(|_| Rejection::Issuer)?, claims)
    });
    if has_api_keys {
        return Err(Problem::forbidden("a service account with API keys can't make bearer tokens"));
    }
    let verified = verified.map_err(Problem::token)?;
    shared.systems.replays.admit(&verified, shared.now()).map_err(Problem::token)?;
    let key_id = text(&verified.members, "key").to_owned();
    Ok(Asserted { context: context(&verified)?, key_id, client_id: verified.subject })
}

/// The claim `key` has to name the account's own.
fn party(shared: &Shared, account: &BearerAccount, claims: &Map<String, Value>) -> Result<Party, Rejection> {
    match claims.get("key") {
        Some(Value::String(key)) if *key == account.key_id => {}
        Some(Value::String(_)) => return Err(Rejection::Key),
        Some(_) => return Err(Rejection::Claims),
        None => return Err(Rejection::MissingClaim("key")),
    }
    Ok(Party {
        issuers: vec![account.client_id.clone()],
        subject: Some(account.client_id.clone()),
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

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> &'a str {
    claims.get(name).and_then(Value::as_str).unwrap_or_default()
}
