//! What sends a request: a plain client, or the rest of a middleware chain.

use std::future::Future;

use auth_core::RequestAuth;
use http::Extensions;
use reqwest::{Client, Request, Response};
use reqwest_middleware::Next;

/// Sends a request.
pub(crate) trait Below: Send {
    type Error;

    fn send(&mut self, request: Request) -> impl Future<Output = Result<Response, Self::Error>> + Send;

    /// Takes the URL out of an error, since its path or query may be secret.
    fn without_url(error: Self::Error) -> Self::Error;
}

impl Below for &Client {
    type Error = reqwest::Error;

    fn send(&mut self, request: Request) -> impl Future<Output = Result<Response, reqwest::Error>> + Send {
        self.execute(request)
    }

    fn without_url(error: reqwest::Error) -> reqwest::Error {
        error.without_url()
    }
}

/// The middlewares inside, and the extensions that they get: all but what the request wished of us.
pub(crate) struct Inside<'a> {
    next: Next<'a>,
    extensions: &'a mut Extensions,
    wishes: Option<RequestAuth>,
}

impl<'a> Inside<'a> {
    /// Takes the wishes out: they are said to this middleware, and not to one further inside.
    pub(crate) fn new(next: Next<'a>, extensions: &'a mut Extensions) -> Self {
        let wishes = extensions.remove::<RequestAuth>();
        Self { next, extensions, wishes }
    }

    pub(crate) fn wishes(&self) -> Option<RequestAuth> {
        self.wishes.clone()
    }
}

impl Drop for Inside<'_> {
    /// Puts the wishes back, however this ended: a retry outside comes again with the same extensions.
    fn drop(&mut self) {
        if let Some(wishes) = self.wishes.take() {
            self.extensions.insert(wishes);
        }
    }
}

impl Below for Inside<'_> {
    type Error = reqwest_middleware::Error;

    fn send(&mut self, request: Request) -> impl Future<Output = reqwest_middleware::Result<Response>> + Send {
        self.next.clone().run(request, self.extensions)
    }

    fn without_url(error: reqwest_middleware::Error) -> reqwest_middleware::Error {
        error.without_url()
    }
}
