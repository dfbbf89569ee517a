//! Other middlewares inside and outside.

use std::future::{pending, poll_fn};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use auth_core::{Outcome, RequestAuth};
use auth_reqwest::{AuthMiddleware, ErrorExt};
use http::{Extensions, StatusCode};
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, Middleware, Next, Result};

use super::fixture::{API_KEY, Inside, plain};
use crate::rig::{Api, Counting, ORIGIN};

#[tokio::test]
async fn a_wish_is_said_to_the_outermost_and_is_there_again_afterwards() {
    let (api, inner, outer) = (Api::default(), Counting::default(), Counting::default());
    let client = ClientBuilder::new(plain())
        .with(AuthMiddleware::new(outer.auth()))
        .with(AuthMiddleware::new(inner.auth()))
        .with(Inside(api.clone()))
        .build();
    let mut extensions = Extensions::new();
    extensions.insert(RequestAuth::none());
    let request = || Request::new(http::Method::GET, ORIGIN.parse().unwrap());
    client.execute_with_extensions(request(), &mut extensions).await.unwrap();
    assert_eq!((outer.fetches(), inner.fetches()), (0, 1), "the one inside was told nothing");
    assert!(extensions.get::<RequestAuth>().is_some());
    // Without a wish, the header of the one outside is the caller's own to the one inside.
    client.execute(request()).await.unwrap();
    assert_eq!((outer.fetches(), inner.fetches(), api.got().len()), (1, 1, 2));
}

#[tokio::test]
async fn two_can_attach_two_headers() {
    let (api, key) = (Api::default(), auth_core::sources::StaticToken::new("key").unwrap().in_header(API_KEY));
    let key = auth_core::Authenticator::builder(key).for_origins([ORIGIN]).build().unwrap();
    let client = ClientBuilder::new(plain())
        .with(AuthMiddleware::new(key))
        .with(AuthMiddleware::new(Counting::default().auth()))
        .with(Inside(api.clone()))
        .build();
    api.refuse("token-1");
    assert_eq!(client.get(ORIGIN).send().await.unwrap().status(), StatusCode::OK);
    assert!(api.got().iter().all(|got| got.header("x-api-key") == Some("key")));
    assert_eq!(api.authorizations(), [Some("Bearer token-1".into()), Some("Bearer token-2".into())]);
}

/// Answers 401 once, by itself, as a cache or a mock does: a response without a URL.
struct NoUrl(Mutex<bool>);

#[async_trait::async_trait]
impl Middleware for NoUrl {
    async fn handle(&self, request: Request, found: &mut Extensions, next: Next<'_>) -> Result<Response> {
        if std::mem::replace(&mut *self.0.lock().unwrap(), true) {
            return next.run(request, found).await;
        }
        Ok(http::Response::builder().status(StatusCode::UNAUTHORIZED).body("").unwrap().into())
    }
}

#[tokio::test]
async fn an_answer_without_a_url_is_taken_for_the_origins_own() {
    let api = Api::default();
    let client = ClientBuilder::new(plain())
        .with(AuthMiddleware::new(Counting::default().auth()))
        .with(NoUrl(Mutex::new(false)))
        .with(Inside(api.clone()))
        .build();
    let response = client.get(ORIGIN).send().await.unwrap();
    assert!(response.extensions().get::<Outcome>().unwrap().is_replayed());
    assert_eq!(api.authorizations(), [Some("Bearer token-2".into())]);
}

/// A circuit breaker's word.
#[derive(Debug)]
struct Open;

impl std::fmt::Display for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the circuit is open")
    }
}

impl std::error::Error for Open {}

struct Breaker(Arc<Mutex<u32>>);

#[async_trait::async_trait]
impl Middleware for Breaker {
    async fn handle(&self, _: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response> {
        *self.0.lock().unwrap() += 1;
        Err(reqwest_middleware::Error::middleware(Open))
    }
}

#[tokio::test]
async fn an_error_of_one_inside_is_handed_on_as_it_is_and_costs_no_token() {
    let (source, asked) = (Counting::default(), Arc::<Mutex<u32>>::default());
    let auth = source.auth();
    let client = ClientBuilder::new(plain()).with(AuthMiddleware::new(auth.clone())).with(Breaker(Arc::clone(&asked)));
    let error = client.build().get(ORIGIN).send().await.unwrap_err();
    let reqwest_middleware::Error::Middleware(inside) = &error else { panic!("a middleware's error") };
    assert!(inside.is::<Open>() && error.auth().is_none(), "{error:?}");
    assert_eq!((*asked.lock().unwrap(), source.fetches()), (1, 1));
    assert!(!auth.status().is_suspect());
}

/// Looks at a try once, gives it up, and makes another with the same extensions.
struct Impatient;

#[async_trait::async_trait]
impl Middleware for Impatient {
    async fn handle(&self, request: Request, extensions: &mut Extensions, next: Next<'_>) -> Result<Response> {
        let mut first = next.clone().run(request.try_clone().unwrap(), extensions);
        poll_fn(|cx| {
            assert!(first.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        drop(first);
        next.run(request, extensions).await
    }
}

/// Never gets further the first time.
struct StuckOnce(AtomicBool);

#[async_trait::async_trait]
impl Middleware for StuckOnce {
    async fn handle(&self, request: Request, extensions: &mut Extensions, next: Next<'_>) -> Result<Response> {
        if !self.0.swap(true, Ordering::SeqCst) {
            pending::<()>().await;
        }
        next.run(request, extensions).await
    }
}

#[tokio::test]
async fn a_try_that_is_given_up_leaves_the_wishes_to_the_next() {
    let (api, source, other) = (Api::default(), Counting::default(), Counting::default());
    let client = |authenticated: AuthMiddleware| {
        let stuck = StuckOnce(AtomicBool::default());
        ClientBuilder::new(plain()).with(Impatient).with(authenticated).with(stuck).with(Inside(api.clone())).build()
    };
    let middleware = AuthMiddleware::new(source.auth());
    client(middleware.clone()).get(ORIGIN).with_extension(RequestAuth::none()).send().await.unwrap();
    client(middleware).get(ORIGIN).with_extension(RequestAuth::using(other.auth())).send().await.unwrap();
    assert_eq!((source.fetches(), other.fetches()), (0, 1));
    assert_eq!(api.authorizations(), [None, Some("Bearer token-1".to_owned())]);
}
