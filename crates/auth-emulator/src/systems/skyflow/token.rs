//! `POST /v1/auth/sa/oauth/token`: an assertion for a bearer token.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde_json::{Map, Value, json};

use super::{
    assertion,
    error::{Problem, REQUEST_ID},
};
use crate::{issuer::Order, random, realm::Realm, record::Note, shared::Shared, vend::vend};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const LEAK: Note = Note("a token request carries an Authorization, which nobody asked for");

pub(crate) async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let mut response = match earned(&shared, &headers, &body) {
        Ok(order) => {
            // No lifetime: it is in the token.
            let write = |token: &crate::issuer::IssuedToken, _| {
                [("accessToken", json!(token.token)), ("tokenType", json!("Bearer"))]
            };
            let mut response = vend(&shared, order, write);
            if let Ok(id) = HeaderValue::try_from(random::hex(32)) {
                response.headers_mut().insert(REQUEST_ID, id);
            }
            response
        }
        Err(problem) => problem.into_response(),
    };
    // Skyflow looks the other way, and its own Python client sends one.
    if headers.contains_key(header::AUTHORIZATION) {
        response.extensions_mut().insert(LEAK);
    }
    response
}

fn earned(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<Order, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Problem::bad_request("the content type is not application/json"));
    }
    let body: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| Problem::bad_request("the body is not a JSON object"))?;
    if body.get("grant_type").and_then(Value::as_str) != Some(GRANT_TYPE) {
        return Err(Problem::bad_request("grant_type is not that of a JWT bearer"));
    }
    let assertion = body.get("assertion").and_then(Value::as_str);
    let assertion = assertion.ok_or_else(|| Problem::bad_request("assertion is missing"))?;
    let roles = roles(shared, body.get("scope"))?;
    let asserted = assertion::verify(shared, assertion)?;
    let mut order = Order::new(Realm::Skyflow, asserted.client_id).with("key", asserted.key_id);
    if let Some(context) = asserted.context {
        order = order.with("ctx", context);
    }
    Ok(if roles.is_empty() { order } else { order.with("roles", roles) })
}

/// `role:a role:b`; null and nothing are no roles.
fn roles(shared: &Shared, scope: Option<&Value>) -> Result<Vec<String>, Problem> {
    let scope = match scope {
        None | Some(Value::Null) => "",
        Some(Value::String(scope)) => scope,
        Some(_) => return Err(Problem::bad_request("scope is not text")),
    };
    let role = |word: &str| {
        let role =
            word.strip_prefix("role:").ok_or_else(|| Problem::bad_request("scope holds something that is no role"))?;
        match shared.systems.skyflow.knows_role(role) {
            true => Ok(role.to_owned()),
            false => Err(Problem::forbidden("a role in scope is unknown or not assigned to the service account")),
        }
    };
    scope.split_ascii_whitespace().map(role).collect()
}
