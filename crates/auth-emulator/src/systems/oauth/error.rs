//! How an authorization server says no (RFC 6749, section 5.2, and RFC 8628, section 3.5).

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::{Rejection, record::Note, systems::refresh_tokens::Refused};

/// Its descriptions never hold what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrantError {
    InvalidRequest(&'static str),
    InvalidClient,
    /// By an assertion.
    RejectedClient(Rejection),
    InvalidGrant(&'static str),
    RejectedGrant(Rejection),
    ReusedRefreshToken,
    UnauthorizedClient,
    UnsupportedGrantType,
    Pending,
    ExpiredDeviceCode,
}

impl GrantError {
    pub(crate) const REPEATED: Self = Self::InvalidRequest("a parameter is there twice");

    fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient | Self::RejectedClient(_) => "invalid_client",
            Self::InvalidGrant(_) | Self::RejectedGrant(_) | Self::ReusedRefreshToken => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::Pending => "authorization_pending",
            Self::ExpiredDeviceCode => "expired_token",
        }
    }

    fn description(self) -> String {
        match self {
            Self::InvalidRequest(why) | Self::InvalidGrant(why) => why.to_owned(),
            Self::RejectedClient(rejection) | Self::RejectedGrant(rejection) => rejection.to_string(),
            Self::InvalidClient => "client authentication failed".to_owned(),
            Self::ReusedRefreshToken => "the refresh token was used before; its family has ended".to_owned(),
            Self::UnauthorizedClient => "the client may not use this grant".to_owned(),
            Self::UnsupportedGrantType => "the grant is not supported".to_owned(),
            Self::Pending => "nobody has approved the code yet".to_owned(),
            Self::ExpiredDeviceCode => "the device code expired".to_owned(),
        }
    }
}

impl IntoResponse for GrantError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::InvalidClient | Self::RejectedClient(_) => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        let body = json!({"error": self.code(), "error_description": self.description()});
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"emulator\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        match self {
            Self::RejectedClient(rejection) | Self::RejectedGrant(rejection) => {
                response.extensions_mut().insert(rejection);
            }
            Self::ReusedRefreshToken => {
                response.extensions_mut().insert(Note("a refresh token was used twice"));
            }
            _ => {}
        }
        response
    }
}

impl From<Refused> for GrantError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unknown => Self::InvalidGrant("the refresh token is unknown"),
            Refused::Reused => Self::ReusedRefreshToken,
        }
    }
}
