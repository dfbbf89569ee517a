//! Whoever answers requests in this process.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};

pub(crate) type Answering = Pin<Box<dyn Future<Output = Response<Bytes>> + Send>>;

/// The extensions of a request are those that the adapter was given.
pub(crate) trait Server: Send + Sync + 'static {
    fn answer(&self, request: Request<Bytes>) -> Answering;
}

impl<F, Fut> Server for F
where
    F: Fn(Request<Bytes>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Response<Bytes>> + Send + 'static,
{
    fn answer(&self, request: Request<Bytes>) -> Answering {
        Box::pin(self(request))
    }
}
