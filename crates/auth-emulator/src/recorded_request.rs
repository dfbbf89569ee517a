//! One request, as it arrived.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::{Rejection, redaction};

/// Which of the two ports a request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// [`Emulator::url`](crate::Emulator::url), where token endpoint and API are.
    Main,
    /// [`Emulator::other_origin`](crate::Emulator::other_origin), where no secret has any business.
    Other,
}

/// A request and what became of it.
///
/// The accessors give everything raw, secrets included; `Debug` prints the path, the values of harmless headers only,
/// names of query and form fields without their values, and the length of the body.
#[derive(Clone)]
pub struct RecordedRequest {
    pub(crate) index: usize,
    pub(crate) origin: Origin,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) status: Option<StatusCode>,
    pub(crate) rejection: Option<Rejection>,
    pub(crate) note: Option<&'static str>,
}

impl RecordedRequest {
    /// The place in the order of arrival, over both origins, from 0 at the start of the emulator. Arrival is when the
    /// last byte of the body is here.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Which origin it came to.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path, as it was sent.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The query without its `?`, as it was sent.
    pub fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first header of this name, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body. Empty as well when it was cut off or larger than [allowed](crate::Builder::with_body_limit).
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The fields of a form body, decoded, in their order; nonsense for another body.
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The status it was answered with. `None` while it is not answered, and for good when no whole answer was sent.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Why a token or an assertion was refused, if it was for a reason within it.
    pub fn rejection(&self) -> Option<Rejection> {
        self.rejection
    }

    /// What the emulator has to say about a request beyond its answer: that a way of doing things is deprecated, or that
    /// a credential was sent where none belongs.
    pub fn note(&self) -> Option<&'static str> {
        self.note
    }

    /// Whether this text is anywhere in path, query, headers or body, as it is or percent-encoded: no secret may be in
    /// a request to another origin.
    pub fn carries(&self, secret: &str) -> bool {
        let has = |bytes: &[u8]| bytes.windows(secret.len().max(1)).any(|window| window == secret.as_bytes());
        let decoded = |form: &[u8]| form_urlencoded::parse(form).any(|(name, value)| name == secret || value == secret);
        let query = self.query().unwrap_or_default().as_bytes();
        has(self.path().as_bytes())
            || has(query)
            || decoded(query)
            || self.headers.values().any(|value| has(value.as_bytes()))
            || has(&self.body)
            || decoded(&self.body)
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("index", &self.index)
            .field("origin", &self.origin)
            .field("method", &self.method)
            .field("path", &self.path())
            .field("query", &redaction::field_names(self.query().unwrap_or_default().as_bytes()))
            .field("headers", &redaction::Headers(&self.headers))
            .field("form", &redaction::form_names(&self.headers, &self.body))
            .field("body_len", &self.body.len())
            .field("status", &self.status)
            .field("rejection", &self.rejection)
            .field("note", &self.note)
            .finish()
    }
}
