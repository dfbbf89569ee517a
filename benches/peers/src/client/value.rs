//! What only gives a value: the program puts it on its requests itself, or in a middleware that it writes.

use std::future::Future;

use async_trait::async_trait;
use auth_benches::{Api, Body, request};
use bytes::Bytes;
use http::{Extensions, HeaderValue, Request, Uri};
use reqwest_middleware::{Middleware, Next};

use super::middleware::of_middleware;
use super::{Batch, Client, Sender};
use crate::Error;

/// Puts a credential on a request. All tasks', as a middleware is.
pub(crate) trait Shared: Clone + Send + Sync + 'static {
    /// Whether it has to be told where the request goes.
    const LOOKS_AT_THE_URI: bool = false;

    fn attach<B: Default + Send>(&self, request: &mut Request<B>) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Likewise, but one task's, which keeps something for itself; clones share the token.
pub(crate) trait Own: Clone + Send + Sync + 'static {
    fn attach<B: Default + Send>(&mut self, request: &mut Request<B>)
    -> impl Future<Output = Result<(), Error>> + Send;
}

/// What is shared can be kept as well.
#[derive(Clone)]
struct Kept<A>(A);

impl<A: Shared> Own for Kept<A> {
    #[inline]
    async fn attach<B: Default + Send>(&mut self, request: &mut Request<B>) -> Result<(), Error> {
        self.0.attach(request).await
    }
}

/// The cheapest way from a token to a header that there is: one exact allocation. `format!` would allocate three times.
pub(crate) fn bearer(token: &str) -> Result<HeaderValue, Error> {
    const SCHEME: &str = "Bearer ";
    let mut text = String::with_capacity(SCHEME.len() + token.len());
    text.push_str(SCHEME);
    text.push_str(token);
    let mut value = HeaderValue::from_maybe_shared(Bytes::from(text))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What all tasks share: in memory alone and behind reqwest-middleware; over the network behind that.
pub(crate) fn of_value(value: impl Shared, origin: &str) -> Result<Client, Error> {
    let uri = format!("{origin}/items").parse()?;
    let Client { middleware, wire, .. } = of_middleware(Attaching { value: value.clone(), uri }, origin)?;
    Ok(Client { middleware, wire, ..of_own(Kept(value), origin)? })
}

/// What each task keeps for itself, so that no middleware can share it: in memory alone.
pub(crate) fn of_own(value: impl Own, origin: &str) -> Result<Client, Error> {
    let uri: Uri = format!("{origin}/items").parse()?;
    let (caller, to) = (value.clone(), uri.clone());
    Ok(Client {
        sender: Some(Box::new(move || {
            Box::new(Values { value: value.clone(), uri: uri.clone(), requests: Vec::new() })
        })),
        middleware: None,
        call: Box::new(move || {
            let (mut caller, mut request) = (caller.clone(), request(&to));
            Box::pin(async move { caller.attach(&mut request).await.is_ok() && Api::answer(request) == 2 })
        }),
        wire: None,
    })
}

struct Values<A> {
    value: A,
    uri: Uri,
    requests: Vec<Request<Body>>,
}

impl<A: Own> Sender for Values<A> {
    fn build(&mut self, hits: usize) {
        self.requests.extend((0..hits).map(|_| request(&self.uri)));
    }

    fn send(&mut self) -> Batch<'_> {
        Box::pin(async move {
            let mut headers = 0;
            for mut request in self.requests.drain(..) {
                self.value.attach(&mut request).await?;
                headers += Api::answer(request);
            }
            Ok(headers)
        })
    }
}

/// The middleware that a program writes around a value.
struct Attaching<A> {
    value: A,
    uri: Uri,
}

#[async_trait]
impl<A: Shared> Middleware for Attaching<A> {
    async fn handle(
        &self,
        mut request: reqwest::Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let mut head = Request::new(());
        if A::LOOKS_AT_THE_URI {
            *head.uri_mut() = self.uri.clone();
        }
        std::mem::swap(head.headers_mut(), request.headers_mut());
        self.value
            .attach(&mut head)
            .await
            .map_err(|error| reqwest_middleware::Error::middleware(std::io::Error::other(error.to_string())))?;
        std::mem::swap(head.headers_mut(), request.headers_mut());
        next.run(request, extensions).await
    }
}
