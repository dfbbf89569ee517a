//! The same as seen from inside a container, where a sidecar adds the token.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};

use super::{error::Problem, services};
use crate::{record::Note, shared::Shared};

const LEAK: Note = Note("a credential was sent to the sidecar");

pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if headers.contains_key(header::AUTHORIZATION) {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "no credential belongs here: the sidecar adds it");
        let mut response = problem.into_response();
        response.extensions_mut().insert(LEAK);
        return response;
    }
    match services::page(&shared, &query) {
        Ok(page) => Json(page).into_response(),
        Err(problem) => problem.into_response(),
    }
}
