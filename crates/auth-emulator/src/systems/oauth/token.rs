//! The token endpoint.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};

use super::{
    GrantError,
    client::{self, Sender},
    exchange, grant,
};
use crate::{form::Form, issuer::Order, realm::Realm, record::Note, redaction, shared::Shared, vend::vend};

pub(crate) const REFRESH_TOKEN_GRANT: &str = "refresh_token";

/// A token that was earned, and what else is in the answer.
struct Earned {
    order: Order,
    refresh_token: Option<String>,
    issued_token_type: Option<&'static str>,
    scope: Option<String>,
    note: Option<Note>,
}

pub(crate) async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let earned = match earned(&shared, &headers, &body) {
        Ok(earned) => earned,
        Err(error) => return error.into_response(),
    };
    let mut response = vend(&shared, earned.order, |token, left| {
        if let Some(refresh_token) = &earned.refresh_token {
            shared.systems.refresh_tokens.gave(refresh_token, &token.token, &shared.issuer);
        }
        [
            ("access_token", json!(token.token)),
            ("issued_token_type", json!(earned.issued_token_type)),
            ("token_type", json!("Bearer")),
            ("expires_in", json!(left)),
            ("refresh_token", json!(earned.refresh_token)),
            ("scope", earned.scope.map_or(Value::Null, Value::from)),
        ]
    });
    if let Some(note) = earned.note {
        response.extensions_mut().insert(note);
    }
    response
}

fn earned(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<Earned, GrantError> {
    if !redaction::is_form(headers) {
        return Err(GrantError::InvalidRequest("the body is not a form"));
    }
    let mut form = Form::parse(body).ok_or(GrantError::REPEATED)?;
    let shown = client::client(shared, headers, &mut form)?;
    let grant_type = form.take("grant_type").ok_or(GrantError::InvalidRequest("grant_type is missing"))?;
    let scope = form.take("scope");
    let mut refresh_token = None;
    let mut issued_token_type = None;
    let order = match grant_type.as_str() {
        "client_credentials" => match shown.client {
            Sender::Client(id) => Order::new(Realm::OAuth, id),
            Sender::Public(_) => return Err(GrantError::UnauthorizedClient),
            Sender::Nobody => return Err(GrantError::InvalidClient),
        },
        REFRESH_TOKEN_GRANT => {
            let (Sender::Client(id) | Sender::Public(id)) = shown.client else { return Err(GrantError::InvalidClient) };
            let token = form.take("refresh_token").ok_or(GrantError::InvalidRequest("refresh_token is missing"))?;
            refresh_token = Some(shared.systems.refresh_tokens.turn(Realm::OAuth, &id, &token, &shared.issuer)?);
            Order::new(Realm::OAuth, id)
        }
        // RFC 7523, section 3.1: client authentication is optional here; one that is tried has to succeed.
        grant::GRANT => {
            let assertion = form.take("assertion").ok_or(GrantError::InvalidRequest("assertion is missing"))?;
            Order::new(Realm::OAuth, grant::subject(shared, &assertion)?)
        }
        exchange::GRANT => {
            issued_token_type = Some(exchange::ACCESS_TOKEN);
            exchange::order(shared, &mut form)?
        }
        _ => return Err(GrantError::UnsupportedGrantType),
    };
    let order = match &scope {
        Some(scope) => order.with("scope", scope.clone()),
        None => order,
    };
    Ok(Earned { order, refresh_token, issued_token_type, scope, note: shown.note })
}
