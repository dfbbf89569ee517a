//! The middleware: which authenticator, and which requests can be sent twice.

use std::future::Future;
use std::pin::Pin;

use auth_core::Authenticator;
use http::{Extensions, HeaderMap, Method};
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next};

use crate::below::Inside;
use crate::replay::Replay;
use crate::send::send;

/// Puts an [`Authenticator`] under every request of a `ClientWithMiddleware`. See the [crate's page](crate) for its place
/// among other middlewares.
///
/// ```
/// use auth_reqwest::{AuthMiddleware, api_client, core::{Authenticator, sources::StaticToken}};
/// use auth_reqwest::reqwest_middleware::ClientBuilder;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let auth = Authenticator::builder(StaticToken::new("my-token")?).for_origins(["https://api.example.com"]).build()?;
/// let client = ClientBuilder::new(api_client().build()?).with(AuthMiddleware::new(auth)).build();
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AuthMiddleware {
    authenticator: Authenticator,
    replay: Replay,
}

impl AuthMiddleware {
    /// A middleware that sends a request again, after a 401 (RFC 9110 section 15.5.2: it was not applied) and with a newer
    /// token, if its body is still there: none, or bytes. A streaming body passes once.
    pub fn new(authenticator: Authenticator) -> Self {
        Self { authenticator, replay: Replay::Clonable }
    }

    /// Sends no request again: the 401 is returned, and a newer token is fetched for the next request. Saves the copy of the
    /// request.
    #[must_use]
    pub fn without_replay(mut self) -> Self {
        self.replay = Replay::Never;
        self
    }

    /// Narrows the choice by the request's method and headers: `.replay_if(|method, _| method.is_safe())`. A second call
    /// narrows it further.
    #[must_use]
    pub fn replay_if(mut self, predicate: impl Fn(&Method, &HeaderMap) -> bool + Send + Sync + 'static) -> Self {
        self.replay = self.replay.only_if(predicate);
        self
    }

    /// The authenticator, for its status or an early refresh.
    pub fn authenticator(&self) -> &Authenticator {
        &self.authenticator
    }
}

impl Middleware for AuthMiddleware {
    /// As `async_trait` would write it, but for the request, which that would keep a second time in the future.
    fn handle<'a, 'b, 'c, 'f>(
        &'a self,
        request: Request,
        extensions: &'b mut Extensions,
        next: Next<'c>,
    ) -> BoxFuture<'f, reqwest_middleware::Result<Response>>
    where
        'a: 'f,
        'b: 'f,
        'c: 'f,
    {
        let inside = Inside::new(next, extensions);
        let wishes = inside.wishes();
        Box::pin(send(&self.authenticator, wishes, &self.replay, request, inside))
    }
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
