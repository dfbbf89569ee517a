//! The token endpoint of IVCAP's command line.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::json;

use super::Ivcap;
use crate::{
    form::Form,
    issuer::Order,
    realm::Realm,
    redaction,
    shared::Shared,
    systems::oauth::{GrantError, REFRESH_TOKEN_GRANT},
    vend::vend,
};

const DEVICE_CODE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(crate) async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    match refresh_token(&shared, &headers, &body) {
        Ok(refresh_token) => vend(&shared, Order::new(Realm::Ivcap, Ivcap::ACCOUNT_ID), |token, left| {
            shared.systems.refresh_tokens.gave(&refresh_token, &token.token, &shared.issuer);
            [
                ("access_token", json!(token.token)),
                ("refresh_token", json!(refresh_token)),
                ("token_type", json!("Bearer")),
                ("expires_in", json!(left)),
            ]
        }),
        Err(error) => error.into_response(),
    }
}

/// The refresh token that comes with the access token.
fn refresh_token(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<String, GrantError> {
    if !redaction::is_form(headers) {
        return Err(GrantError::InvalidRequest("the body is not a form"));
    }
    let mut form = Form::parse(body).ok_or(GrantError::REPEATED)?;
    if form.take("client_id").as_deref() != Some(Ivcap::CLIENT_ID) {
        return Err(GrantError::InvalidClient);
    }
    let grant = form.take("grant_type").ok_or(GrantError::InvalidRequest("grant_type is missing"))?;
    match grant.as_str() {
        REFRESH_TOKEN_GRANT => {
            let token = form.take("refresh_token").ok_or(GrantError::InvalidRequest("refresh_token is missing"))?;
            let turned = shared.systems.refresh_tokens.turn(Realm::Ivcap, Ivcap::CLIENT_ID, &token, &shared.issuer);
            Ok(turned?)
        }
        DEVICE_CODE_GRANT => {
            let code = form.take("device_code").ok_or(GrantError::InvalidRequest("device_code is missing"))?;
            shared.systems.ivcap.take(&code, shared.now())?;
            Ok(shared.systems.refresh_tokens.start(Realm::Ivcap, Ivcap::CLIENT_ID))
        }
        _ => Err(GrantError::UnsupportedGrantType),
    }
}
