//! An answer that a test writes itself.

use std::fmt;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// A whole answer in place of the endpoint's own: status, headers, body. Without more, the body is empty.
///
/// `Debug` prints status, header names and the body's length.
///
/// ```
/// use auth_emulator::{Answer, StatusCode};
///
/// let busy = Answer::new(StatusCode::TOO_MANY_REQUESTS).with_retry_after(2);
/// let down = Answer::new(StatusCode::BAD_GATEWAY).with_body("text/plain", "upstream is down");
/// # let _ = (busy, down);
/// ```
#[derive(Clone)]
#[must_use = "an answer is sent only when it is queued as a fault"]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// An answer with this status and nothing else.
    pub fn new(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// Adds `Retry-After` (RFC 9110, section 10.2.3): a number of seconds, or a `HeaderValue` with an HTTP date or with
    /// whatever a broken server might write there.
    pub fn with_retry_after(self, value: impl Into<HeaderValue>) -> Self {
        self.with_header(header::RETRY_AFTER, value)
    }

    /// Adds a header, beside those of the same name.
    pub fn with_header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.append(name, value.into());
        self
    }

    /// Sets the body alone: its type is among the headers.
    pub(crate) fn with_content(self, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// Sets the body and its `Content-Type`.
    pub fn with_body(mut self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = body.into();
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.body.into());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_len", &self.body.len())
            .finish()
    }
}
