//! `POST /v1/vaults/{vault}/detokenize`: plain data tokens, and those that a service account signed.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::{access, error::Problem};
use crate::{
    Rejection, rules,
    shared::Shared,
    verifier::{self, Party},
};

const SIGNED: &str = "signed_token_";

pub(crate) async fn detokenize(
    State(shared): State<Arc<Shared>>,
    Path(_vault): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match detokenized(&shared, &headers, &body) {
        Ok(records) => Json(json!({"records": records})).into_response(),
        Err(problem) => problem.into_response(),
    }
}

fn detokenized(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<Vec<Value>, Problem> {
    access::authenticated(shared, headers)?;
    let body: Value = serde_json::from_slice(body).map_err(|_| Problem::bad_request("the body is not JSON"))?;
    let parameters = body["detokenizationParameters"].as_array().filter(|all| !all.is_empty());
    let parameters = parameters.ok_or_else(|| Problem::bad_request("detokenizationParameters is not a list"))?;
    let one = |parameter: &Value| {
        let sent = parameter["token"].as_str().ok_or_else(|| Problem::bad_request("a token is not text"))?;
        let token = match sent.strip_prefix(SIGNED) {
            Some(signed) => verify(shared, signed).map_err(Problem::token)?,
            None => sent.to_owned(),
        };
        // No vault of tokens: a value that can't be had without the token.
        Ok(json!({"token": sent, "valueType": "STRING", "value": format!("value of {token}")}))
    };
    parameters.iter().map(one).collect()
}

/// Verifies a signed data token and gives the data token in it.
pub(crate) fn verify(shared: &Shared, signed: &str) -> Result<String, Rejection> {
    let verified = verifier::verify(&rules::DATA_TOKEN, signed, shared.now(), |claims| party(shared, claims))?;
    match verified.members.get("tok") {
        Some(Value::String(token)) => Ok(token.clone()),
        Some(_) => Err(Rejection::Claims),
        None => Err(Rejection::MissingClaim("tok")),
    }
}

fn party(shared: &Shared, claims: &Map<String, Value>) -> Result<Party, Rejection> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let account = shared.systems.skyflow.bearer(text("sub")).map_err(|_| Rejection::Subject)?;
    if text("key") != account.key_id {
        return Err(Rejection::Key);
    }
    Ok(Party {
        issuers: vec!["sdk".to_owned()],
        subject: Some(account.client_id.clone()),
        // Python's SDK writes none, those for Go and Node do.
        audiences: Vec::new(),
        keys: vec![account.public_key()],
    })
}
