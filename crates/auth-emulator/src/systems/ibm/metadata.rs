//! The metadata service of a virtual server (VPC Instance Metadata API, "Create an instance identity access token" and
//! "Generate an IAM token").

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Ibm, profile::Wanted};
use crate::{
    Rejection,
    issuer::{IssuedToken, rounded_up},
    realm::Realm,
    sent,
    shared::Shared,
    vend::vend,
};

/// The date of the API that is emulated.
const VERSION: &str = "2022-03-01";

/// How long an identity token may live, in seconds, and how long it does when nobody says.
const LIFETIMES: std::ops::RangeInclusive<u64> = 5..=3600;
const DEFAULT_LIFETIME: u64 = 300;

pub(crate) async fn identity_token(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(problem) = check(query.as_deref(), &headers) {
        return problem.answer();
    }
    let Ok(body) = members(&body) else { return Problem::Body.answer() };
    let lifetime = match body.get("expires_in") {
        None => DEFAULT_LIFETIME,
        Some(seconds) => match seconds.as_u64().filter(|seconds| LIFETIMES.contains(seconds)) {
            Some(seconds) => seconds,
            None => return Problem::Lifetime.answer(),
        },
    };
    let now = shared.now();
    let lifetime = Duration::from_secs(lifetime);
    let token = shared.issuer.issue_opaque(Realm::Instance, "emulator-instance-", Some(lifetime), now);
    let left = token.expiration.saturating_sub(rounded_up(now));
    Json(Value::from_iter(written(&token, left))).into_response()
}

pub(crate) async fn iam_token(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(problem) = check(query.as_deref(), &headers) {
        return problem.answer();
    }
    let verified = match sent::bearer(&headers) {
        Some(token) => shared.issuer.verify_opaque(Realm::Instance, token, shared.now()),
        None => return Problem::NoToken.answer(),
    };
    if let Err(rejection) = verified {
        return Problem::Token(rejection).answer();
    }
    let Ok(body) = members(&body) else { return Problem::Body.answer() };
    let text = |name: &str| body["trusted_profile"][name].as_str().map(str::to_owned);
    let wanted = Wanted { id: text("id"), crn: text("crn"), ..Wanted::default() };
    let nothing_said = body.get("trusted_profile").is_some() && wanted.id.is_none() && wanted.crn.is_none();
    // Without a word about it, the profile that is linked to the server counts.
    if nothing_said || wanted.found().is_err() {
        return Problem::Profile.answer();
    }
    vend(&shared, Shared::iam_order(Ibm::PROFILE_ID), written)
}

fn written(token: &IssuedToken, left: u64) -> [(&'static str, Value); 4] {
    let date = |seconds: u64| {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        Timestamp::from_second(seconds).map_or(Value::Null, |at| at.to_string().into())
    };
    [
        ("access_token", json!(token.token)),
        ("created_at", date(token.expiration.saturating_sub(left))),
        ("expires_at", date(token.expiration)),
        ("expires_in", json!(left)),
    ]
}

/// Without the header a request forged by a web page or a proxy would be answered.
fn check(query: Option<&str>, headers: &HeaderMap) -> Result<(), Problem> {
    let mut versions =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).filter(|(name, _)| name == "version");
    match (versions.next(), versions.next()) {
        (Some((_, version)), None) if version == VERSION => {}
        _ => return Err(Problem::Version),
    }
    match headers.get("metadata-flavor") {
        Some(flavor) if flavor == "ibm" => Ok(()),
        _ => Err(Problem::Flavor),
    }
}

/// An empty body is an empty object.
fn members(body: &[u8]) -> Result<Value, ()> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).ok().filter(Value::is_object).ok_or(())
}

enum Problem {
    Version,
    Flavor,
    Body,
    Lifetime,
    NoToken,
    Token(Rejection),
    Profile,
}

impl Problem {
    fn answer(self) -> Response {
        let (status, code, message) = match self {
            Self::Version => {
                (StatusCode::BAD_REQUEST, "invalid_parameter", "The query parameter `version` must be 2022-03-01.")
            }
            Self::Flavor => (StatusCode::BAD_REQUEST, "missing_header", "The header `Metadata-Flavor` must be `ibm`."),
            Self::Body => (StatusCode::BAD_REQUEST, "invalid_request_body", "The body is not a JSON object."),
            Self::Lifetime => (StatusCode::BAD_REQUEST, "invalid_field", "The field `expires_in` must be 5 to 3600."),
            Self::NoToken => (StatusCode::UNAUTHORIZED, "not_authenticated", "An instance identity token is needed."),
            Self::Token(_) => {
                (StatusCode::UNAUTHORIZED, "not_authenticated", "The instance identity token is not valid.")
            }
            Self::Profile => (StatusCode::NOT_FOUND, "not_found", "The trusted profile could not be found."),
        };
        let body = json!({"errors": [{"code": code, "message": message}], "trace": "emulator"});
        let mut response = (status, Json(body)).into_response();
        if let Self::Token(rejection) = self {
            response.extensions_mut().insert(rejection);
        }
        response
    }
}
