//! How Podstack says no.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::Rejection;

pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    field: Option<&'static str>,
    rejection: Option<Rejection>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, field: None, rejection: None }
    }

    pub(crate) fn no_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "authentication_error", "No API token provided")
    }

    pub(crate) fn token(rejection: Rejection) -> Self {
        let problem = Self::new(StatusCode::UNAUTHORIZED, "authentication_error", "Invalid API token");
        Self { rejection: Some(rejection), ..problem }
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "permission_denied", "Access denied to resource")
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Resource not found")
    }

    pub(crate) fn invalid(field: &'static str, message: &'static str) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation_error", message);
        Self { field: Some(field), ..problem }
    }

    pub(crate) fn body(code: &str, message: &str, field: Option<&str>) -> Value {
        json!({"error": {"message": message, "code": code, "field": field}})
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Self::body(self.code, self.message, self.field);
        let mut response = (self.status, Json(body)).into_response();
        if let Some(rejection) = self.rejection {
            response.extensions_mut().insert(rejection);
        }
        response
    }
}
