//! The other origin: friendly to everybody, so that a client that strays there keeps talking and is recorded.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::Uri;
use serde_json::json;

pub(crate) async fn answer(uri: Uri) -> Response {
    Json(json!({"origin": "other", "path": uri.path()})).into_response()
}
