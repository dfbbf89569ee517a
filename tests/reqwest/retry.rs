//! reqwest-retry beside the middleware.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, Error, ErrorKind, Policy, RequestAuth};
use auth_reqwest::{AuthMiddleware, ErrorExt};
use http::StatusCode;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::{
    DefaultRetryableStrategy, RetryDecision, RetryPolicy, RetryTransientMiddleware, Retryable, RetryableStrategy,
};

use super::fixture::{Inside, plain};
use crate::rig::{Api, Counting, Load, ORIGIN};

/// Tries again at once, so many times; before each the clock goes on, and what else is to happen in the meantime.
#[derive(Clone)]
struct Tries {
    most: u32,
    made: Arc<AtomicU32>,
    meanwhile: Arc<dyn Fn() + Send + Sync>,
}

impl Tries {
    fn new(most: u32, meanwhile: impl Fn() + Send + Sync + 'static) -> Self {
        Self { most, made: Arc::default(), meanwhile: Arc::new(meanwhile) }
    }

    fn made(&self) -> u32 {
        self.made.load(Ordering::SeqCst)
    }
}

impl RetryPolicy for Tries {
    fn should_retry(&self, _: SystemTime, past_retries: u32) -> RetryDecision {
        if past_retries >= self.most {
            return RetryDecision::DoNotRetry;
        }
        self.made.fetch_add(1, Ordering::SeqCst);
        (self.meanwhile)();
        RetryDecision::Retry { execute_after: SystemTime::now() }
    }
}

/// Looks for our error, as our documentation advises.
struct AlsoOurs;

impl RetryableStrategy for AlsoOurs {
    fn handle(&self, result: &reqwest_middleware::Result<reqwest::Response>) -> Option<Retryable> {
        match result.as_ref().err().and_then(ErrorExt::auth) {
            Some(error) if error.is_transient() => Some(Retryable::Transient),
            Some(_) => Some(Retryable::Fatal),
            None => DefaultRetryableStrategy.handle(result),
        }
    }
}

/// What a test needs: one attempt an acquisition, on a clock that stands still.
struct Setup {
    api: Api,
    source: Counting,
    clock: FakeRuntime,
    auth: Authenticator,
}

fn setup() -> Setup {
    let (source, clock) = (Counting::default(), FakeRuntime::new());
    let mut policy = Policy::default();
    policy.attempts = 1;
    let auth = Authenticator::builder(source.clone()).for_origins([ORIGIN]).runtime(clock.clone()).policy(policy);
    Setup { api: Api::default(), source, clock, auth: auth.build().unwrap() }
}

impl Setup {
    /// Authentication innermost, as it should be.
    fn retried(&self, tries: &Tries) -> ClientWithMiddleware {
        ClientBuilder::new(plain())
            .with(RetryTransientMiddleware::new_with_policy(tries.clone()))
            .with(AuthMiddleware::new(self.auth.clone()))
            .with(Inside(self.api.clone()))
            .build()
    }

    fn tokens(&self) -> Vec<String> {
        self.api.authorizations().into_iter().map(Option::unwrap).collect()
    }
}

#[tokio::test]
async fn each_try_is_authenticated_anew_and_keeps_its_wishes() {
    let setup = setup();
    let clock = setup.clock.clone();
    let client = setup.retried(&Tries::new(2, move || clock.advance(Duration::from_secs(30))));
    setup.api.answer_once(StatusCode::BAD_GATEWAY);
    setup.api.answer_once(StatusCode::BAD_GATEWAY);
    let response = client.get(ORIGIN).with_extension(RequestAuth::fresh()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(setup.tokens(), ["Bearer token-1", "Bearer token-2", "Bearer token-3"]);
    assert!(setup.api.got().iter().all(|got| got.headers.get_all("authorization").iter().count() == 1));
}

#[tokio::test]
async fn a_request_without_credentials_has_none_at_any_try() {
    let setup = setup();
    let client = setup.retried(&Tries::new(1, || {}));
    setup.api.answer_once(StatusCode::BAD_GATEWAY);
    client.get(ORIGIN).with_extension(RequestAuth::none()).send().await.unwrap();
    assert_eq!((setup.api.authorizations(), setup.source.fetches()), (vec![None, None], 0));
}

#[tokio::test]
async fn a_token_that_is_replaced_between_two_tries_is_the_new_one_at_the_second() {
    let setup = setup();
    let auth = setup.auth.clone();
    let client = setup.retried(&Tries::new(1, move || auth.invalidate()));
    setup.api.answer_once(StatusCode::BAD_GATEWAY);
    setup.api.refuse("token-1");
    assert_eq!(client.get(ORIGIN).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(setup.tokens(), ["Bearer token-1", "Bearer token-2"]);
}

#[tokio::test]
async fn a_401_is_not_retried_but_sent_once_more_with_a_new_token() {
    let setup = setup();
    let tries = Tries::new(5, || {});
    let client = setup.retried(&tries);
    setup.api.refuse("token-1");
    setup.api.refuse("token-2");
    assert_eq!(client.get(ORIGIN).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!((setup.tokens().len(), setup.source.fetches(), tries.made()), (2, 2, 0));
}

#[tokio::test]
async fn a_failed_acquisition_is_sent_0_times_and_not_retried() {
    for error in [Error::transient("the issuer is down"), Error::misconfigured("the key is wrong")] {
        let setup = setup();
        let tries = Tries::new(5, || {});
        setup.source.fail_once(error.clone());
        let failed = setup.retried(&tries).get(ORIGIN).send().await.unwrap_err();
        let ours = failed.auth().unwrap();
        assert_eq!((ours.kind(), ours.is_transient()), (error.kind(), error.kind() == ErrorKind::Transient));
        assert_eq!((setup.api.got().len(), setup.source.fetches(), tries.made()), (0, 1, 0));
    }
}

#[tokio::test]
async fn a_failed_acquisition_after_some_tries_is_found_as_well() {
    let setup = setup();
    let (auth, source) = (setup.auth.clone(), setup.source.clone());
    let tries = Tries::new(5, move || {
        source.fail_once(Error::misconfigured("the key was withdrawn"));
        auth.invalidate();
    });
    setup.api.answer_once(StatusCode::BAD_GATEWAY);
    let failed = setup.retried(&tries).get(ORIGIN).send().await.unwrap_err();
    assert!(failed.to_string().contains("after 1 retries"), "{failed}");
    assert_eq!(failed.auth().unwrap().kind(), ErrorKind::Misconfigured);
    assert_eq!((setup.tokens(), tries.made()), (vec!["Bearer token-1".to_owned()], 1));
}

#[tokio::test]
async fn whoever_looks_for_our_error_can_retry_what_may_pass_and_nothing_else() {
    for (error, tried, sent) in [(Error::transient("down"), 1, 1), (Error::misconfigured("wrong"), 0, 0)] {
        let setup = setup();
        let clock = setup.clock.clone();
        let tries = Tries::new(5, move || clock.advance(Duration::from_secs(30)));
        let client = ClientBuilder::new(plain())
            .with(RetryTransientMiddleware::new_with_policy_and_strategy(tries.clone(), AlsoOurs))
            .with(AuthMiddleware::new(setup.auth.clone()))
            .with(Inside(setup.api.clone()))
            .build();
        setup.source.fail_once(error);
        assert_eq!(client.get(ORIGIN).send().await.is_ok(), sent == 1);
        assert_eq!((tries.made(), setup.api.got().len()), (tried, sent));
    }
}

#[tokio::test]
async fn a_streaming_body_does_not_pass_reqwest_retry_at_all() {
    let setup = setup();
    let client = setup.retried(&Tries::new(5, || {}));
    let body = reqwest::Body::wrap(Load::once("once"));
    let failed = client.post(ORIGIN).body(body).send().await.unwrap_err();
    assert!(failed.auth().is_none() && failed.to_string().contains("not cloneable"), "{failed}");
    assert_eq!((setup.api.got().len(), setup.source.fetches()), (0, 0));
}

/// Not what we recommend: what happens to those who put authentication outside.
#[tokio::test]
async fn the_wrong_way_round_all_tries_carry_the_first_token_and_a_rejection_costs_one_more() {
    let setup = setup();
    let (auth, tries) = (setup.auth.clone(), Tries::new(2, || {}));
    let tries = Tries { meanwhile: Arc::new(move || auth.invalidate()), ..tries };
    let client = ClientBuilder::new(plain())
        .with(AuthMiddleware::new(setup.auth.clone()))
        .with(RetryTransientMiddleware::new_with_policy(tries.clone()))
        .with(Inside(setup.api.clone()))
        .build();
    setup.api.answer_once(StatusCode::BAD_GATEWAY);
    setup.api.refuse("token-1");
    assert_eq!(client.get(ORIGIN).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(setup.tokens(), ["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
    // What holds either way: nothing is sent without a token.
    setup.source.fail_once(Error::transient("down"));
    setup.auth.invalidate();
    let failed = client.get(ORIGIN).send().await.unwrap_err();
    assert!(failed.auth().unwrap().is_transient());
    assert_eq!(setup.api.got().len(), 3);
}
