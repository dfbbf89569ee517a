//! A client with an authenticator in it, whichever adapter made it.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use auth_core::{Authenticator, Error};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};

use super::{Load, Server, watch};

/// What a client over an API in this process is made of.
pub(crate) struct Setup {
    pub(crate) auth: Authenticator,
    pub(crate) replay: Replay,
    pub(crate) redirects: Redirects,
    pub(crate) server: Arc<dyn Server>,
}

/// Which requests may be sent a second time.
#[derive(Clone, Copy)]
pub(crate) enum Replay {
    /// As the adapter does it unless it is told otherwise. Without a body, that is everywhere the same: yes.
    AsMade,
    /// All whose bodies can be had again.
    Bodies,
    /// Of these, those that all of the predicates allow.
    If(&'static [fn(&Method, &HeaderMap) -> bool]),
    Never,
}

/// What becomes of a redirect.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Redirects {
    /// The caller gets it.
    Returned,
    /// It is followed outside the adapter, so that each hop passes through it.
    Outside,
    /// The client below follows within the origin, and returns what leads elsewhere.
    BelowWithinOrigin,
    /// The client below follows wherever it leads, and takes along headers that it does not know.
    Below,
}

/// A response, or why there is none. Attaching and sending begin with the first poll at the latest.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Failed>> + Send>>;

/// Clones are the same client.
#[derive(Clone)]
pub(crate) struct Client(Arc<dyn Fn(Request<Load>) -> Answer + Send + Sync>);

impl Client {
    pub(crate) fn new(send: impl Fn(Request<Load>) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(send))
    }

    pub(crate) fn send(&self, request: Request<Load>) -> Answer {
        let answer = (self.0)(request);
        Box::pin(async move { answer.await.inspect(watch::outcome).inspect_err(watch::failed) })
    }

    /// The error of ours that a request ends with which is not sent.
    #[track_caller]
    pub(crate) fn refused(&self, request: Request<Load>) -> Pin<Box<dyn Future<Output = Error> + Send>> {
        let answer = self.send(request);
        Box::pin(async move {
            match answer.await {
                Err(Failed::Auth(error)) => error,
                other => panic!("expected an error of authentication, got {other:?}"),
            }
        })
    }
}

/// Why there is no response.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Ours: the request was not sent.
    Auth(Error),
    /// The HTTP client's own.
    Client(Box<dyn StdError + Send + Sync>),
}
