//! Through the middleware: against one that adds a static header.
//!
//! reqwest-middleware boxes the future of every middleware, so that one is not ours. What is: reqwest's URL has to become a
//! URI before its origin can be compared (two allocations), and with replay there is a copy of the request (six for one
//! with a header: the URL, the headers).

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use async_trait::async_trait;
use auth_reqwest::AuthMiddleware;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{Extensions, HeaderValue};
use reqwest::{Client, Method, Request, Response, ResponseBuilderExt};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};

use super::authenticator;

/// Gives out responses that were made before.
struct Terminal(Arc<Mutex<Vec<Response>>>);

#[async_trait]
impl Middleware for Terminal {
    async fn handle(&self, request: Request, _: &mut Extensions, _: Next<'_>) -> reqwest_middleware::Result<Response> {
        assert!(request.headers().contains_key(AUTHORIZATION));
        Ok(self.0.lock().unwrap().pop().unwrap())
    }
}

struct StaticHeader(HeaderValue);

#[async_trait]
impl Middleware for StaticHeader {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        request.headers_mut().insert(AUTHORIZATION, self.0.clone());
        next.run(request, extensions).await
    }
}

fn request() -> Request {
    let mut request = Request::new(Method::GET, "https://api.example.com/items".parse().unwrap());
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}

fn response() -> Response {
    http::Response::builder().url(request().url().clone()).body("").unwrap().into()
}

/// Allocations of one request through a client that has sent some before.
fn allocations(middleware: impl Middleware) -> u64 {
    let responses = Arc::new(Mutex::new((0..4).map(|_| response()).collect()));
    let client = ClientBuilder::new(Client::new()).with(middleware).with(Terminal(responses)).build();
    let send = |client: &ClientWithMiddleware, request| {
        let answer = pin!(client.execute(request)).poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(answer, Poll::Ready(Ok(_))));
    };
    (0..3).for_each(|_| send(&client, request()));
    let request = request();
    measure(|| send(&client, request)).count_total
}

fn floor() -> u64 {
    allocations(StaticHeader(HeaderValue::from_static("Bearer token")))
}

#[test]
fn a_hit_without_replay_allocates_no_more_than_a_static_header() {
    assert_eq!(allocations(AuthMiddleware::new(authenticator()).without_replay()), floor());
}

#[test]
fn a_hit_with_replay_allocates_a_copy_of_the_request_as_well() {
    let request = request();
    let copy = measure(|| drop(request.try_clone().unwrap())).count_total;
    let ours = allocations(AuthMiddleware::new(authenticator()));
    let without = allocations(AuthMiddleware::new(authenticator()).without_replay());
    assert_eq!(ours, without + copy, "the copy, and nothing else");
}
