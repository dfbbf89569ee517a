//! How watsonx.ai says no: a list of errors, a trace, and the status once more.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;

use crate::Rejection;

pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    rejection: Option<Rejection>,
}

impl Problem {
    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into(), rejection: None }
    }

    pub(crate) fn not_found(code: &'static str, message: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::bad_request(code, message) }
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self { status: StatusCode::FORBIDDEN, ..Self::bad_request("user_authorization_failed", message) }
    }

    pub(crate) fn no_token() -> Self {
        let message = "Failed to authenticate the request due to a missing token";
        Self { status: StatusCode::UNAUTHORIZED, ..Self::bad_request("authentication_token_missing", message) }
    }

    pub(crate) fn token(rejection: Rejection) -> Self {
        let (code, message) = match rejection {
            Rejection::Expired => {
                ("authentication_token_expired", "Failed to authenticate the request due to an expired token")
            }
            _ => ("authentication_token_not_valid", "Failed to authenticate the request due to invalid token"),
        };
        Self { status: StatusCode::UNAUTHORIZED, rejection: Some(rejection), ..Self::bad_request(code, message) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "errors": [{"code": self.code, "message": self.message}],
            "trace": "emulator",
            "status_code": self.status.as_u16(),
        });
        let mut response = (self.status, Json(body)).into_response();
        if let Some(rejection) = self.rejection {
            response.extensions_mut().insert(rejection);
        }
        response
    }
}
