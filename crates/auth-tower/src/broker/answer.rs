//! Answers in JSON that no cache keeps and nobody takes for something else.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

use super::refusal::Refusal;

pub(super) type Answer = Response<Full<Bytes>>;

/// The token in the words of Skyflow's SDKs, and how long it serves.
pub(super) fn token(secret: &str, token_type: &str, expires_in: Duration, expires_at: SystemTime) -> Answer {
    let since_epoch = expires_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let body = json!({
        "accessToken": secret,
        "tokenType": token_type,
        "expiresIn": expires_in.as_secs(),
        "expiresAt": since_epoch.as_secs(),
    });
    json(StatusCode::OK, &body)
}

/// A refusal, with what the program's log should say of it in the extensions.
pub(super) fn refusal(refusal: Refusal, now: SystemTime) -> Answer {
    let (error, description) = refusal.words();
    let mut answer = json(refusal.status(), &json!({ "error": error, "error_description": description }));
    let headers = answer.headers_mut();
    if let Some(pause) = refusal.retry_after(now) {
        // Rounded up: who comes too early is refused again.
        headers.insert(RETRY_AFTER, HeaderValue::from(pause.as_secs_f64().ceil() as u64));
    }
    match refusal {
        Refusal::Method => {
            headers.insert(ALLOW, HeaderValue::from_static("GET, POST, OPTIONS"));
        }
        // RFC 9110 section 15.5.2 asks for it; browsers ask nobody for a password because of it.
        Refusal::NoSession => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        _ => {}
    }
    if let Some(error) = refusal.into_error() {
        answer.extensions_mut().insert(error);
    }
    answer
}

fn json(status: StatusCode, body: &Value) -> Answer {
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// What every answer says, a preflight's as well.
pub(super) fn seal(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // For requests without CORS (an image, a script), which a browser then keeps from other origins.
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    headers.entry(VARY).or_insert(HeaderValue::from_static("origin"));
}
