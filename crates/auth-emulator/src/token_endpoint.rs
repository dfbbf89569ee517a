//! `POST /identity/token`: an API key, a compute resource token or another access token for an access token, as IBM
//! Cloud IAM does it.
//!
//! The forms and the answer are those of the IAM Identity Services API, "Create an IAM access token ...". Beyond it, an `Authorization` that no client was configured for is refused: a client that sends
//! its old token along has a leak to be told about.

use std::sync::Arc;

use axum::{Extension, extract::State, response::Response};
use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::json;

use crate::{
    Emulator,
    form::Form,
    iam_error::IamError,
    issuer::Order,
    record::Index,
    redaction,
    shared::Shared,
    systems::ibm::{assume, compute_resource},
    vend::vend,
};

const API_KEY_GRANT: &str = "urn:ibm:params:oauth:grant-type:apikey";

/// What IAM answers when no scope was asked for.
const DEFAULT_SCOPE: &str = "ibm openid";

pub(crate) async fn token(
    State(shared): State<Arc<Shared>>,
    Extension(index): Extension<Index>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match earned(&shared, &headers, &body) {
        Ok((order, scope)) => vend(&shared, order, |token, left| {
            [
                ("access_token", json!(token.token)),
                // IAM's own word: these grants give no refresh token.
                ("refresh_token", json!("not_supported")),
                ("token_type", json!("Bearer")),
                ("expires_in", json!(left)),
                ("expiration", json!(token.expiration)),
                ("scope", json!(scope)),
            ]
        }),
        Err(error) => error.answer(index),
    }
}

pub(crate) async fn wrong_method(Extension(index): Extension<Index>) -> Response {
    IamError::Method.answer(index)
}

/// Checks everything; what is left to know is the token to issue and its scope.
fn earned(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<(Order, String), IamError> {
    if !redaction::is_form(headers) {
        return Err(IamError::ContentType);
    }
    if !takes_json(headers) {
        return Err(IamError::Accept);
    }
    let mut form = Form::parse(body).ok_or(IamError::Repeated)?;
    let grant = form.take("grant_type");
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    let client_is_right = match (&shared.client, authorization) {
        // IBM's own clients send no client along when they assume a profile.
        (_, None) if grant.as_deref() == Some(assume::GRANT) => true,
        (None, None) => true,
        (Some(client), Some(sent)) => client.sent(sent),
        _ => false,
    };
    if !client_is_right {
        return Err(IamError::Client);
    }
    let order = match grant.ok_or(IamError::Missing("grant_type"))?.as_str() {
        API_KEY_GRANT => api_key(shared, &mut form)?,
        compute_resource::GRANT => compute_resource::order(shared, &mut form)?,
        assume::GRANT => assume::order(shared, &mut form)?,
        _ => return Err(IamError::Unknown("grant_type")),
    };
    Ok((order, form.take("scope").unwrap_or_else(|| DEFAULT_SCOPE.to_owned())))
}

fn api_key(shared: &Shared, form: &mut Form) -> Result<Order, IamError> {
    let api_key = form.take("apikey").ok_or(IamError::Missing("apikey"))?;
    if form.take("response_type").is_some_and(|response_type| response_type != "cloud_iam") {
        return Err(IamError::Unknown("response_type"));
    }
    match shared.knows_api_key(&api_key) {
        true => Ok(Shared::iam_order(Emulator::SUBJECT)),
        false => Err(IamError::ApiKey),
    }
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
