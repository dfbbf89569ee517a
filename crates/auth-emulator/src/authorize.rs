//! Middleware that lets only good tokens through to the API, and answers the others as RFC 6750, section 3, says.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde_json::json;

use crate::{
    Rejection,
    sent::{self, Sent},
    shared::Shared,
};

pub(crate) async fn authorize(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let verified = match sent::token(request.headers(), shared.token_header.as_ref()) {
        Sent::Nothing => Err(Refusal::NoToken),
        Sent::Unclear => Err(Refusal::InvalidRequest),
        Sent::Token(token) => shared.verify(token).map_err(Refusal::InvalidToken),
    };
    match verified {
        Ok(claims) => {
            request.extensions_mut().insert(claims);
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// A refusal of the API, with its challenge.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refusal {
    NoToken,
    InvalidRequest,
    InvalidToken(Rejection),
    InsufficientScope,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, challenge) = match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, "Bearer"),
            Self::InvalidRequest => (StatusCode::BAD_REQUEST, r#"Bearer error="invalid_request""#),
            Self::InvalidToken(_) => (StatusCode::UNAUTHORIZED, r#"Bearer error="invalid_token""#),
            Self::InsufficientScope => (StatusCode::FORBIDDEN, r#"Bearer error="insufficient_scope""#),
        };
        let body = match self {
            Self::NoToken => json!({"error_description": "a token is needed"}),
            Self::InvalidRequest => json!({"error": "invalid_request", "error_description": "send one token, once"}),
            Self::InvalidToken(rejection) => {
                json!({"error": "invalid_token", "error_description": rejection.to_string()})
            }
            Self::InsufficientScope => {
                json!({"error": "insufficient_scope", "error_description": "no token of this issuer is enough here"})
            }
        };
        let mut response = (status, [(header::WWW_AUTHENTICATE, challenge)], Json(body)).into_response();
        if let Self::InvalidToken(rejection) = self {
            // For the recording.
            response.extensions_mut().insert(rejection);
        }
        response
    }
}
