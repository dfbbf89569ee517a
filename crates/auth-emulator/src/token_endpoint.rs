//! `POST /identity/token`: an API key for an access token, as IBM Cloud IAM does it.
//!
//! The form and the answer are those of the IAM Identity Services API, "Create an IAM access token for a user or service
//! ID using an API key". Beyond it, an `Authorization` that no client was configured for is refused: a client that sends
//! its old token along has a leak to be told about.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use crate::{Flaw, iam_error::IamError, issuer::rounded_up, record::Index, redaction, shared::Shared};

const GRANT_TYPE: &str = "urn:ibm:params:oauth:grant-type:apikey";

/// What IAM answers when no scope was asked for.
const DEFAULT_SCOPE: &str = "ibm openid";

pub(crate) async fn token(
    State(shared): State<Arc<Shared>>,
    Extension(index): Extension<Index>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match scope_of(&shared, &headers, &body) {
        Ok(scope) => Json(success(&shared, &scope)).into_response(),
        Err(error) => error.answer(index),
    }
}

pub(crate) async fn wrong_method(Extension(index): Extension<Index>) -> Response {
    IamError::Method.answer(index)
}

/// Checks everything; what is left to know is the scope.
fn scope_of(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<String, IamError> {
    if !redaction::is_form(headers) {
        return Err(IamError::ContentType);
    }
    if !takes_json(headers) {
        return Err(IamError::Accept);
    }
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    let client_is_right = match (&shared.client, authorization) {
        (None, None) => true,
        (Some(client), Some(sent)) => client.sent(sent),
        _ => false,
    };
    if !client_is_right {
        return Err(IamError::Client);
    }
    let mut form = form(body)?;
    if required(&mut form, "grant_type")? != GRANT_TYPE {
        return Err(IamError::Unknown("grant_type"));
    }
    let api_key = required(&mut form, "apikey")?;
    if form.get("response_type").is_some_and(|response_type| response_type != "cloud_iam") {
        return Err(IamError::Unknown("response_type"));
    }
    if !shared.knows_api_key(&api_key) {
        return Err(IamError::ApiKey);
    }
    Ok(form.remove("scope").unwrap_or_else(|| DEFAULT_SCOPE.to_owned()))
}

/// No `Accept` takes everything (RFC 9110, section 12.5.1).
fn takes_json(headers: &HeaderMap) -> bool {
    let mut ranges = headers
        .get_all(header::ACCEPT)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim())
        .peekable();
    let json = ["application/json", "application/*", "*/*"];
    ranges.peek().is_none() || ranges.any(|range| json.iter().any(|known| range.eq_ignore_ascii_case(known)))
}

fn form(body: &[u8]) -> Result<HashMap<String, String>, IamError> {
    let mut form = HashMap::new();
    for (name, value) in form_urlencoded::parse(body).into_owned() {
        if form.insert(name, value).is_some() {
            return Err(IamError::Repeated);
        }
    }
    Ok(form)
}

fn required(form: &mut HashMap<String, String>, name: &'static str) -> Result<String, IamError> {
    form.remove(name).filter(|value| !value.is_empty()).ok_or(IamError::Missing(name))
}

fn success(shared: &Shared, scope: &str) -> Map<String, Value> {
    let now = shared.clock.since_epoch();
    let flaw = shared.token_flaws.take();
    let repeated = flaw.as_ref().is_some_and(Flaw::repeats_token).then(|| shared.issuer.last()).flatten();
    let token = repeated.unwrap_or_else(|| shared.issuer.issue(now));
    let mut answer = Map::from_iter(
        [
            ("access_token", json!(token.token)),
            // IAM's own word: this grant gives no refresh token.
            ("refresh_token", json!("not_supported")),
            ("token_type", json!("Bearer")),
            ("expires_in", json!(token.expiration.saturating_sub(rounded_up(now)))),
            ("expiration", json!(token.expiration)),
            ("scope", json!(scope)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    if let Some(flaw) = flaw {
        flaw.spoil(&mut answer);
    }
    answer
}
