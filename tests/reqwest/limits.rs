//! A request's own timeout, on a clock that moves when it is told to.

use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, ErrorKind, Outcome, Token, source_fn};
use auth_reqwest::{AuthMiddleware, ErrorExt};
use http::StatusCode;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

use super::fixture::{Inside, plain};
use crate::rig::{Api, ORIGIN};

const SECOND: Duration = Duration::from_secs(1);

/// A client whose source brings so many tokens, and then none at all, in any time.
fn client(clock: &FakeRuntime, api: &Api, tokens: u64) -> ClientWithMiddleware {
    let number = AtomicU64::new(1);
    let source = source_fn(move |_cx| {
        let number = number.fetch_add(1, Ordering::SeqCst);
        async move { if number > tokens { pending().await } else { Ok(Token::bearer(format!("token-{number}"))) } }
    });
    let auth = Authenticator::builder(source).for_origins([ORIGIN]).runtime(clock.clone()).build().unwrap();
    ClientBuilder::new(plain()).with(AuthMiddleware::new(auth)).with(Inside(api.clone())).build()
}

#[test]
fn a_request_s_own_timeout_limits_the_wait_for_its_token() {
    let (clock, api) = (FakeRuntime::new(), Api::default());
    let request = client(&clock, &api, 0).get(ORIGIN).timeout(4 * SECOND);
    let began = clock.wall();
    let error = clock.block_on_within(4 * SECOND, request.send()).unwrap_err();
    assert_eq!(clock.wall().duration_since(began).unwrap(), 4 * SECOND);
    assert_eq!(error.auth().unwrap().kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("RequestBuilder::timeout"), "{error}");
    assert!(api.got().is_empty());
}

/// reqwest's own timer goes on under the response that is held; the rest of the time is for reading it.
#[test]
fn half_of_it_limits_the_wait_after_a_401() {
    let (clock, api) = (FakeRuntime::new(), Api::default());
    api.refuse("token-1");
    let request = client(&clock, &api, 1).get(ORIGIN).timeout(4 * SECOND);
    let began = clock.wall();
    let response = clock.block_on_within(2 * SECOND, request.send()).unwrap();
    assert_eq!(clock.wall().duration_since(began).unwrap(), 2 * SECOND);
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let outcome = response.extensions().get::<Outcome>().unwrap();
    assert_eq!(outcome.error().unwrap().kind(), ErrorKind::Timeout);
}

#[test]
fn a_token_that_is_there_needs_no_time() {
    let (clock, api) = (FakeRuntime::new(), Api::default());
    let request = client(&clock, &api, 1).get(ORIGIN).timeout(Duration::from_nanos(2));
    assert_eq!(clock.block_on(request.send()).unwrap().status(), StatusCode::OK);
}
