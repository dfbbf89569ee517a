//! How Cape says no.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;

use crate::Rejection;

pub(crate) struct Problem {
    status: StatusCode,
    message: &'static str,
    rejection: Option<Rejection>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, message: &'static str) -> Self {
        Self { status, message, rejection: None }
    }

    pub(crate) fn unauthorized(rejection: Option<Rejection>) -> Self {
        let message = match rejection {
            None => "missing token",
            Some(Rejection::Expired) => "token expired",
            Some(Rejection::Revoked) => "token revoked",
            Some(_) => "invalid token",
        };
        Self { status: StatusCode::UNAUTHORIZED, message, rejection }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(json!({"error": self.message}))).into_response();
        if let Some(rejection) = self.rejection {
            response.extensions_mut().insert(rejection);
        }
        response
    }
}
