//! The backend that `getBearerToken` calls: it holds the key, so that a browser doesn't have to.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::{issuer::Order, realm::Realm, shared::Shared, vend::vend};

pub(crate) async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if !shared.systems.remote.admits(&headers) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "no session"}))).into_response();
    }
    vend(&shared, Order::new(Realm::Skyflow, "emulator-backend"), |token, _| {
        [("accessToken", json!(token.token)), ("tokenType", json!("Bearer"))]
    })
}
