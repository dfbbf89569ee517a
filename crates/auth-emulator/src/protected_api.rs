//! The API behind the tokens.

use axum::{
    Extension, Json,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, Method, Uri, header};
use serde_json::json;

use crate::{Claims, authorize::Refusal, record::Index};

/// What it saw: enough for a client to tell that its request arrived as it was sent.
pub(crate) async fn thing(
    Extension(claims): Extension<Claims>,
    Extension(Index(request)): Extension<Index>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    Json(json!({
        "path": uri.path(),
        "method": method.as_str(),
        "sub": claims.subject(),
        "body_len": body.len(),
        "request": request,
    }))
    .into_response()
}

/// The body, as it came.
pub(crate) async fn echo(headers: HeaderMap, body: Bytes) -> Response {
    let mut response = Response::new(body.into());
    if let Some(content_type) = headers.get(header::CONTENT_TYPE) {
        response.headers_mut().insert(header::CONTENT_TYPE, content_type.clone());
    }
    response
}

/// A good token that isn't enough: a new one would not help.
pub(crate) async fn forbidden() -> Response {
    Refusal::InsufficientScope.into_response()
}
