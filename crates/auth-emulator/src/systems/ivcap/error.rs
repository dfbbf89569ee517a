//! How IVCAP says no.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;

use crate::Rejection;

pub(crate) struct Problem {
    status: StatusCode,
    detail: &'static str,
    rejection: Option<Rejection>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: &'static str) -> Self {
        Self { status, detail, rejection: None }
    }

    pub(crate) fn token(rejection: Rejection) -> Self {
        let detail = match rejection {
            Rejection::Expired => "token expired",
            Rejection::Revoked => "token revoked",
            _ => "invalid token",
        };
        Self { status: StatusCode::UNAUTHORIZED, detail, rejection: Some(rejection) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(json!({"detail": self.detail}))).into_response();
        if let Some(rejection) = self.rejection {
            response.extensions_mut().insert(rejection);
        }
        response
    }
}
