//! `GET` or `POST`, with a session.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::Remote;
use crate::{Emulator, shared::Shared, vend::vend};

/// The sessions that are accepted, here and at Skyflow's backend.
pub(crate) struct Sessions(Mutex<Vec<String>>);

impl Sessions {
    pub(crate) fn set(&self, sessions: Vec<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = sessions;
    }

    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        headers.get(Remote::SESSION_HEADER).is_some_and(|sent| known.iter().any(|session| sent == session.as_str()))
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self(Mutex::new(vec![Remote::SESSION.to_owned()]))
    }
}

pub(crate) async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if !shared.systems.remote.admits(&headers) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "no session"}))).into_response();
    }
    vend(&shared, Shared::iam_order(Emulator::SUBJECT), |token, left| {
        [("access_token", json!(token.token)), ("token_type", json!("Bearer")), ("expires_in", json!(left))]
    })
}
