//! How Skyflow says no.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderName, StatusCode};
use serde_json::json;

use crate::{Rejection, random};

/// Where every answer of Skyflow's says its name.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A refusal. Its message never holds what was sent.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    message: String,
    rejection: Option<Rejection>,
}

impl Problem {
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into(), rejection: None }
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self { status: StatusCode::FORBIDDEN, ..Self::bad_request(message) }
    }

    pub(crate) fn not_found(message: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::bad_request(message) }
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::bad_request(message) }
    }

    pub(crate) fn token(rejection: Rejection) -> Self {
        Self { rejection: Some(rejection), ..Self::unauthorized(format!("unauthorized: {rejection}")) }
    }

    /// The codes of gRPC, which Skyflow's API is a gateway to.
    fn grpc_code(&self) -> u8 {
        match self.status {
            StatusCode::UNAUTHORIZED => 16,
            StatusCode::FORBIDDEN => 7,
            StatusCode::NOT_FOUND => 5,
            _ => 3,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({"error": {
            "grpc_code": self.grpc_code(),
            "http_code": self.status.as_u16(),
            "message": self.message,
            "http_status": self.status.canonical_reason(),
            "details": [],
        }});
        let mut response = (self.status, [(REQUEST_ID, random::hex(32))], Json(body)).into_response();
        if let Some(rejection) = self.rejection {
            response.extensions_mut().insert(rejection);
        }
        response
    }
}
