//! How a source sends a request, without this crate knowing any HTTP client.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::Error;

/// Sends one request for a source and returns the whole answer.
///
/// Implemented by the adapters over their HTTP clients; the engine puts a deadline on every call. An implementation
/// follows no redirect, sends no `Referer`, keeps no cookies, and reads at most `limit` bytes of the body: a token
/// request carries a credential, and its answer is a few kilobytes.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` and collects the answer, whatever its status.
    ///
    /// # Errors
    /// [`ErrorKind::Transient`](crate::ErrorKind::Transient) if the server could not be reached or broke off,
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) if the body is longer than `limit` bytes. The message holds
    /// nothing of the HTTP client's own error, which may quote the URL.
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error>;
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        (**self).send(request, limit).await
    }
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Box<T> {
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        (**self).send(request, limit).await
    }
}
