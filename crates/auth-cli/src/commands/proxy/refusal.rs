//! The proxy's own answers: `{"error":"…","message":"…"}`, and nothing of what others said.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::io;
use std::time::{Duration, SystemTime};

use auth_core::ErrorKind;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use hyper_util::client::legacy;
use serde_json::json;

use super::body::Reply;

/// When a token may be had again, if nobody said.
const LATER: Duration = Duration::from_secs(1);

/// Why a request was not answered by the upstream.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// For programs.
    pub(super) code: &'static str,
    message: Cow<'static, str>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), header: None }
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    /// `place`: where callers find it.
    pub(super) fn secret(place: &str) -> Self {
        let message = format!(
            "this proxy needs its secret: `Authorization: Bearer SECRET` or `X-Authctl-Secret: SECRET`, with the secret {place}"
        );
        Self::new(StatusCode::UNAUTHORIZED, "secret_required", message)
            .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"authctl proxy\""))
    }

    pub(super) fn host() -> Self {
        let message = "the request is for another host than this proxy: --allow-host names further ones";
        Self::new(StatusCode::FORBIDDEN, "host_not_allowed", message)
    }

    pub(super) fn origin() -> Self {
        let message = "requests of web pages are refused: --allow-origin names those that may send them";
        Self::new(StatusCode::FORBIDDEN, "origin_not_allowed", message)
    }

    pub(super) fn method() -> Self {
        let message = "this is a reverse proxy of one API: no CONNECT, no TRACE";
        let allowed = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
            .with(ALLOW, HeaderValue::from_static(allowed))
    }

    pub(super) fn target(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_target", message)
    }

    pub(super) fn body() -> Self {
        let message = "the request's body does not end as its head says, or its chunks are none";
        Self::new(StatusCode::BAD_REQUEST, "bad_body", message)
    }

    pub(super) fn nothing_here() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there are /healthz, /readyz and /metrics")
    }

    pub(super) fn timeout() -> Self {
        let message = "the upstream did not answer in time: --timeout allows more";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "upstream_timeout", message)
    }

    pub(super) fn upgrade() -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "upgrade_failed", "the upstream switched protocols, but not the connection")
    }

    /// No token. What waiting helps against says when to come back; what needs a person is 500, so that nobody repeats it.
    pub(super) fn token(error: &auth_core::Error) -> Self {
        let message = error.to_string();
        match error.kind() {
            ErrorKind::Transient | ErrorKind::Timeout | ErrorKind::Malformed | ErrorKind::Closed => {
                let at = error.retry_at().and_then(|at| at.duration_since(SystemTime::now()).ok());
                let pause = at.or(error.retry_after()).unwrap_or(LATER).max(LATER);
                let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "token_unavailable", message)
                    .with(RETRY_AFTER, HeaderValue::from(seconds))
            }
            ErrorKind::InteractionRequired => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "interaction_required", message)
            }
            ErrorKind::Rejected | ErrorKind::ExpiredOnArrival => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "credential_rejected", message)
            }
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "credential_unusable", message),
        }
    }

    /// No answer. hyper's own words are not repeated: they may quote what was sent.
    pub(super) fn upstream(error: &legacy::Error) -> Self {
        let (code, message) = if !error.is_connect() {
            ("upstream_failed", "the connection to the upstream ended before an answer")
        } else if caused(error, io::ErrorKind::TimedOut) {
            return Self::new(
                StatusCode::GATEWAY_TIMEOUT,
                "upstream_timeout",
                "the upstream could not be reached in time",
            );
        } else if caused(error, io::ErrorKind::InvalidData) {
            (
                "upstream_tls",
                "no TLS connection to the upstream: its certificate is not trusted, or it speaks something else",
            )
        } else {
            ("upstream_unreachable", "the upstream can't be reached")
        };
        Self::new(StatusCode::BAD_GATEWAY, code, message)
    }

    pub(super) fn into_response(self) -> Response<Reply> {
        let text = json!({"error": self.code, "message": self.message}).to_string();
        let mut response = Response::new(Reply::own(text));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Whether an error of this kind is among the causes; rustls's are `InvalidData`.
fn caused(error: &legacy::Error, kind: io::ErrorKind) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            if error.kind() == kind {
                return true;
            }
            // An `io::Error` says for its source what its inner error says, so that one is asked itself.
            if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>())
                && inner.kind() == kind
            {
                return true;
            }
        }
        cause = error.source();
    }
    false
}
