//! What sends the requests of a case. The same cases run over every adapter there is.

mod tower;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use auth_core::{Authenticator, Error};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;

use super::case::Replay;
use super::server::ScriptedServer;

/// Every adapter, by name; the runner goes through them.
pub(crate) const ALL: [(&str, Make); 1] = [("tower", |parts| Box::new(tower::TowerAdapter::new(parts)))];

pub(crate) type Make = fn(Parts) -> Box<dyn Adapter>;

/// A response, or why there is none.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Response<()>, Error>> + Send>>;

/// A client with an authenticator in it.
pub(crate) trait Adapter {
    /// Sends a request, by itself; the future is polled on the fake runtime.
    fn send(&self, request: Request<Full<Bytes>>) -> Answer;
}

/// What an adapter is made of.
pub(crate) struct Parts {
    pub(crate) authenticator: Authenticator,
    pub(crate) server: Arc<ScriptedServer>,
    pub(crate) replay: Replay,
    pub(crate) follow_redirects: bool,
}
