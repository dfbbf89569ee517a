//! How IBM Cloud IAM says no.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::{Rejection, record::Index};

/// A refusal of the token endpoint. Codes and messages are IAM's own where it has one for the case; what it finds wrong
/// with a value is said without the value, which may be a secret in the wrong place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum IamError {
    /// Not a form. IAM answers as any JAX-RS application does.
    ContentType,
    /// The client doesn't take JSON.
    Accept,
    /// Not POST.
    Method,
    /// RFC 6749, section 5.2, for which no IAM code is known to us.
    Client,
    /// A field is there twice (RFC 6749, section 3.2).
    Repeated,
    /// A field is missing or empty.
    Missing(&'static str),
    /// A field has a value that isn't among the known ones.
    Unknown(&'static str),
    /// The API key isn't one of ours.
    ApiKey,
    /// The compute resource token isn't one of ours; no IAM code is known to us for this and the next two.
    ComputeResource,
    /// The access token that was to assume a profile isn't good.
    AccessToken(Rejection),
    /// There is no such trusted profile, or it can't be assumed by this caller.
    Profile,
    /// Fields that exclude each other.
    Several(&'static str),
}

impl IamError {
    fn status(self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Accept => StatusCode::NOT_ACCEPTABLE,
            Self::Client => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::ContentType | Self::Accept | Self::Method => "BXNIM0060E",
            Self::Client => "invalid_client",
            Self::Repeated => "invalid_request",
            Self::Missing(_) => "BXNIM0109E",
            Self::Unknown(_) => "BXNIM0106E",
            Self::ApiKey => "BXNIM0415E",
            Self::ComputeResource | Self::AccessToken(_) | Self::Profile => "invalid_grant",
            Self::Several(_) => "invalid_request",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::ContentType | Self::Accept | Self::Method => "Web application exception during request processing.",
            Self::Client => "Client authentication failed.",
            Self::Repeated => "A parameter is included more than once.",
            Self::Missing(_) => "Property missing or empty.",
            Self::Unknown(_) => "Property validation failed.",
            Self::ApiKey => "Provided API key could not be found.",
            Self::ComputeResource => "Provided compute resource token is not valid.",
            Self::AccessToken(_) => "Provided access token is not valid.",
            Self::Profile => "Provided trusted profile could not be found.",
            Self::Several(_) => "Properties exclude each other.",
        }
    }

    fn details(self) -> Option<String> {
        match self {
            Self::ContentType => Some("the content type is not application/x-www-form-urlencoded".to_owned()),
            Self::Accept => Some("the answer is application/json".to_owned()),
            Self::Method => Some("HTTP 405 Method Not Allowed".to_owned()),
            Self::Missing(name) => Some(format!("Property '{name}' either missing or empty.")),
            Self::Unknown(name) => Some(format!("The value of property '{name}' is not one of the valid values.")),
            Self::Several(names) => Some(format!("Only one of the properties {names} may be given.")),
            Self::AccessToken(rejection) => Some(rejection.to_string()),
            Self::Client | Self::Repeated | Self::ApiKey | Self::ComputeResource | Self::Profile => None,
        }
    }

    pub(crate) fn answer(self, Index(request): Index) -> Response {
        let mut body = json!({
            "context": {"requestId": format!("emulator-{request}"), "requestType": "incoming.Identity_Token"},
            "errorCode": self.code(),
            "errorMessage": self.message(),
        });
        if let Some(details) = self.details() {
            body["errorDetails"] = details.into();
        }
        let mut response = (self.status(), Json(body)).into_response();
        let challenge = match self {
            Self::Client => Some((header::WWW_AUTHENTICATE, "Basic realm=\"emulator\"")),
            Self::Method => Some((header::ALLOW, "POST")),
            _ => None,
        };
        if let Some((name, value)) = challenge {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        if let Self::AccessToken(rejection) = self {
            response.extensions_mut().insert(rejection);
        }
        response
    }
}
