//! The error of a client's request: what went wrong, and what to do about it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

/// An error is one line: longer than this and logs cut it, or people don't read it.
const MAX_BYTES: usize = 299;

/// What went wrong, in terms of what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// The credential is missing, wrong, over or refused (401, or the issuer said so). Change the setting that the message
    /// names.
    Authentication,
    /// No token could be had at the moment, since its issuer does not answer as it should. Try again later; nothing was sent.
    TokenUnavailable,
    /// The credential is good but has no right to this (403). Ask for the right, or use another credential.
    PermissionDenied,
    /// There is no such thing, or none that the credential may see (404, 410). Check the id.
    NotFound,
    /// The request is not what the API wants (400, 422). Correct it; [`field`](ApiError::field) may say where.
    Validation,
    /// It does not go with what is there (409, 412). Read it anew, and decide.
    Conflict,
    /// Too many requests (429). Come back after [`retry_after`](ApiError::retry_after).
    RateLimit,
    /// The API failed (5xx). Try again later; its vendor wants the [`request_id`](ApiError::request_id).
    Server,
    /// There was no answer, or only a part of one. Whether the request was applied is not known, unless it could not be
    /// reached.
    Network,
    /// The answer is not what was expected. A proxy or another version of the API is the usual reason.
    Decode,
    /// The request can't be sent as it is, or the client is not made for it. Correct the program.
    Config,
    /// Something else: an unusual status, a redirect to another host, a middleware of the program's own.
    Other,
}

/// Why there is no successful answer.
///
/// `Display` is one line that says what to change if it is the credential. It holds no secret and no URL, and of the answer
/// nothing but its error's code, message and field, without what could be a credential.
pub struct ApiError(Box<Inner>);

pub(super) struct Inner {
    pub(super) kind: ApiErrorKind,
    pub(super) head: String,
    pub(super) host: Option<String>,
    pub(super) status: Option<StatusCode>,
    pub(super) said: Said,
    pub(super) retry_after: Option<Duration>,
    pub(super) auth: Option<auth_core::Error>,
    pub(super) source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What the API says of its error, fit to be shown.
#[derive(Default)]
pub(super) struct Said {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) field: Option<String>,
    pub(super) request_id: Option<String>,
}

impl ApiError {
    pub(super) fn new(inner: Inner) -> Self {
        Self(Box::new(inner))
    }

    pub(super) fn plain(kind: ApiErrorKind, head: impl Into<String>) -> Self {
        let (said, head) = (Said::default(), head.into());
        Self::new(Inner { kind, head, host: None, status: None, said, retry_after: None, auth: None, source: None })
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::plain(ApiErrorKind::Config, message)
    }

    pub(super) fn set_head(&mut self, head: String) {
        self.0.head = head;
    }

    /// What to do about it.
    pub fn kind(&self) -> ApiErrorKind {
        self.0.kind
    }

    /// Whether the same request may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        use ApiErrorKind::{Network, RateLimit, Server, TokenUnavailable};
        matches!(self.0.kind, TokenUnavailable | RateLimit | Server | Network)
    }

    /// The status of the answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The API's own code for it.
    pub fn code(&self) -> Option<&str> {
        self.0.said.code.as_deref()
    }

    /// The API's own words, shortened, and stripped of control characters and of what could be a credential.
    pub fn message(&self) -> Option<&str> {
        self.0.said.message.as_deref()
    }

    /// The field of the request that is wrong, if the API says so.
    pub fn field(&self) -> Option<&str> {
        self.0.said.field.as_deref()
    }

    /// The id the API gave the request, which its vendor's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.said.request_id.as_deref()
    }

    /// How long the API, or the issuer of tokens, asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Why there was no token, or no better one than that which was refused.
    pub fn auth(&self) -> Option<&auth_core::Error> {
        self.0.auth.as_ref()
    }
}

impl From<auth_core::Error> for ApiError {
    fn from(error: auth_core::Error) -> Self {
        use auth_core::ErrorKind as Kind;
        let kind = match error.kind() {
            Kind::Transient | Kind::Malformed | Kind::Timeout => ApiErrorKind::TokenUnavailable,
            // No credential's fault.
            Kind::Closed | Kind::InsecureTransport => ApiErrorKind::Config,
            _ => ApiErrorKind::Authentication,
        };
        let mut api = Self::plain(kind, error.to_string());
        api.0.retry_after = error.retry_after();
        api.0.auth = Some(error);
        api
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut place: Vec<String> = inner.host.iter().map(|host| cut(host, 60).to_owned()).collect();
        place.extend(inner.status.map(|status| status.as_u16().to_string()));
        let mut tail = if place.is_empty() { String::new() } else { format!(" [{}]", place.join(" ")) };
        if let Some(id) = self.request_id() {
            tail += &format!(" (request {})", cut(id, 64));
        }
        let field = self.field().map(|field| format!("{}: ", cut(field, 40))).unwrap_or_default();
        let said = match (self.code(), self.message()) {
            (Some(code), Some(message)) => format!("{code}: {field}{message}"),
            (Some(text), None) | (None, Some(text)) => format!("{field}{text}"),
            (None, None) => field.trim_end_matches(": ").to_owned(),
        };
        let head = cut(&inner.head, MAX_BYTES - tail.len());
        f.write_str(head)?;
        let room = MAX_BYTES - tail.len() - head.len();
        let said = cut(&said, room.saturating_sub(" ()".len()));
        if !said.is_empty() {
            write!(f, " ({said})")?;
        }
        f.write_str(&tail)
    }
}

/// The beginning of a text, at most so many bytes of it.
fn cut(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("kind", &self.0.kind)
            .field("message", &format_args!("{self}"))
            .field("retry_after", &self.0.retry_after)
            .finish_non_exhaustive()
    }
}

impl StdError for ApiError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match (&self.0.auth, &self.0.source) {
            (Some(auth), _) => Some(auth),
            (None, Some(source)) => Some(&**source),
            (None, None) => None,
        }
    }
}
