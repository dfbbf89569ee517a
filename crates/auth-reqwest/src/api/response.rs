//! An answer that is a success.

use std::fmt;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::failure::{self, Failure};
use super::{ApiClient, ApiError, ApiErrorKind};

/// Longer JSON is refused: it is held in memory as a whole, and that is not the server's to fill. Lists come in pages;
/// files are read in [chunks](ApiResponse::chunk).
const MAX_JSON_BYTES: usize = 64 * 1024 * 1024;

/// A successful answer (2xx) of an API.
pub struct ApiResponse {
    client: ApiClient,
    inner: reqwest::Response,
}

impl ApiResponse {
    pub(super) fn new(client: ApiClient, inner: reqwest::Response) -> Self {
        Self { client, inner }
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    pub(super) fn url(&self) -> &reqwest::Url {
        self.inner.url()
    }

    /// Reads the body as JSON, up to 64 MiB of it.
    ///
    /// # Errors
    /// [`Decode`](ApiErrorKind::Decode) with the line and column, but nothing of the body, if it is not what `T` is read
    /// from; [`Network`](ApiErrorKind::Network) if it breaks off.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        self.json_of(MAX_JSON_BYTES, "the answer is longer than 64 MiB, too long for JSON: read it in chunks").await
    }

    /// JSON of at most so many bytes, else this error.
    pub(super) async fn json_of<T: DeserializeOwned>(mut self, max: usize, too_long: &str) -> Result<T, ApiError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if chunk.len() > max - body.len() {
                return Err(self.undecodable(too_long));
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            self.undecodable(match error.classify() {
                serde_json::error::Category::Data => format!("the answer's JSON is not what was expected ({place})"),
                _ => format!("the answer is no JSON ({place})"),
            })
        })
    }

    /// Reads the body as text.
    ///
    /// # Errors
    /// [`Network`](ApiErrorKind::Network) if it breaks off.
    pub async fn text(self) -> Result<String, ApiError> {
        let client = self.client;
        self.inner.text().await.map_err(|error| failure::of_reqwest(&client.0, &error))
    }

    /// Reads the body as a whole.
    ///
    /// # Errors
    /// [`Network`](ApiErrorKind::Network) if it breaks off.
    pub async fn bytes(self) -> Result<Bytes, ApiError> {
        let client = self.client;
        self.inner.bytes().await.map_err(|error| failure::of_reqwest(&client.0, &error))
    }

    /// The next piece of the body as it arrives, or `None` at its end: for downloads and event streams.
    ///
    /// # Errors
    /// [`Network`](ApiErrorKind::Network) if it breaks off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ApiError> {
        self.inner.chunk().await.map_err(|error| failure::of_reqwest(&self.client.0, &error))
    }

    /// reqwest's own response, whose errors quote the URL.
    pub fn into_inner(self) -> reqwest::Response {
        self.inner
    }

    /// The beginning of an error about this answer.
    pub(super) fn failure(&self) -> Failure {
        let sent = self.inner.extensions().get();
        Failure::of(&self.client.0).status(self.status()).request_id(self.headers(), sent)
    }

    fn undecodable(&self, message: impl Into<String>) -> ApiError {
        self.failure().error(ApiErrorKind::Decode, message)
    }
}

impl fmt::Debug for ApiResponse {
    /// Without the headers and the URL, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiResponse").field("status", &self.status()).finish_non_exhaustive()
    }
}
