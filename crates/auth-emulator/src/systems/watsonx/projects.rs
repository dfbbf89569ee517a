//! `GET /v2/projects/{id}`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use serde_json::json;

use super::access;
use crate::shared::Shared;

pub(crate) async fn project(State(shared): State<Arc<Shared>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match access::authenticated(&shared, &headers).and_then(|_| access::project(&id)) {
        Ok(()) => Json(json!({
            "metadata": {"guid": id, "url": format!("/v2/projects/{id}")},
            "entity": {"name": "emulator", "type": "wx", "scope": {}},
        }))
        .into_response(),
        Err(problem) => problem.into_response(),
    }
}
