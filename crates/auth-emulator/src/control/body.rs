//! JSON in, JSON out.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Why a request is refused.
pub(super) struct Refused {
    status: StatusCode,
    message: String,
}

impl Refused {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.message }))).into_response()
    }
}

pub(super) type Answered = Result<Json<Value>, Refused>;

pub(super) type Done = Result<StatusCode, Refused>;

pub(super) fn done() -> Done {
    Ok(StatusCode::NO_CONTENT)
}

/// The body as what the path takes. Where it isn't, the place is named and nothing of it shown: it may hold a token.
pub(super) fn parsed<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| {
        let what = if error.is_data() { "is not what this path takes" } else { "is not JSON" };
        let (line, column) = (error.line(), error.column());
        Refused::bad(format!(
            "the body {what}, at line {line}, column {column}: the README of auth-emulator has the table"
        ))
    })
}
