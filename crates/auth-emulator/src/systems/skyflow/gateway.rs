//! `/v1/gateway/outboundRoutes/{route}`: a connection to an API behind the vault, here one that says what it saw.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use serde_json::{Value, json};

use super::access;
use crate::shared::Shared;

pub(crate) async fn invoke(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(problem) = access::at_gateway(&shared, &headers) {
        return problem.into_response();
    }
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let path = uri.path().strip_prefix("/skyflow/gateway").unwrap_or_default();
    Json(json!({"method": method.as_str(), "path": path, "query": uri.query(), "body": body})).into_response()
}
