//! What a request says about its own authentication.

use std::time::Duration;

use auth_core::adapter::{Sent, Without};
use auth_core::runtime::FakeRuntime;
use auth_core::sources::StaticToken;
use auth_core::{Authenticator, Outcome, RequestAuth};
use http::{HeaderValue, header::AUTHORIZATION};

use crate::rig::{Adapter, Api, Counting, ORIGIN, get, over, over_all};

over_all!(
    a_request_can_ask_for_no_credentials,
    a_request_can_use_another_authenticator_with_its_own_origins,
    another_authenticator_is_the_one_that_hears_of_a_401,
    a_request_can_ask_for_a_fresh_token,
    a_header_of_the_callers_own_is_left_alone_and_its_401_too,
);

async fn a_request_can_ask_for_no_credentials<A: Adapter>() {
    let (api, source) = (Api::default(), Counting::default());
    let client = over::<A>(&source.auth(), &api);
    let mut request = get(ORIGIN);
    request.extensions_mut().insert(RequestAuth::none());
    let response = client.send(request).await.unwrap();
    assert_eq!(response.extensions().get::<Outcome>().unwrap().sent(), Sent::Without(Without::Asked));
    assert_eq!(api.authorizations(), [None]);
    assert_eq!(source.fetches(), 0);
}

async fn a_request_can_use_another_authenticator_with_its_own_origins<A: Adapter>() {
    let (api, source) = (Api::default(), Counting::default());
    let other = Authenticator::builder(StaticToken::new("other").unwrap());
    let other = other.for_origins(["https://elsewhere.example.com"]).build().unwrap();
    let client = over::<A>(&source.auth(), &api);
    for url in ["https://elsewhere.example.com/", ORIGIN] {
        let mut request = get(url);
        request.extensions_mut().insert(RequestAuth::using(other.clone()));
        client.send(request).await.unwrap();
    }
    client.send(get(ORIGIN)).await.unwrap();
    assert_eq!(api.authorizations(), [Some("Bearer other".into()), None, Some("Bearer token-1".into())]);
}

async fn another_authenticator_is_the_one_that_hears_of_a_401<A: Adapter>() {
    let (api, source, other) = (Api::default(), Counting::default(), Counting::default());
    let layers = source.auth();
    let client = over::<A>(&layers, &api);
    client.send(get(ORIGIN)).await.unwrap();
    let others = other.builder().for_origins([ORIGIN]).build().unwrap();
    api.refuse("token-1"); // both sources begin with it
    let mut request = get(ORIGIN);
    request.extensions_mut().insert(RequestAuth::using(others));
    assert!(client.send(request).await.unwrap().status().is_success());
    assert_eq!((source.fetches(), other.fetches()), (1, 2));
    assert!(!layers.status().is_suspect());
}

async fn a_request_can_ask_for_a_fresh_token<A: Adapter>() {
    let (api, clock) = (Api::default(), FakeRuntime::new());
    let auth = Authenticator::builder(Counting::default()).for_origins([ORIGIN]).runtime(clock.clone());
    let client = over::<A>(&auth.build().unwrap(), &api);
    client.send(get(ORIGIN)).await.unwrap();
    clock.advance(Duration::from_secs(30));
    // The second comes straight after the first, which was fresh enough.
    for wish in [Some(RequestAuth::fresh()), Some(RequestAuth::fresh()), None] {
        let mut request = get(ORIGIN);
        wish.map(|wish| request.extensions_mut().insert(wish));
        client.send(request).await.unwrap();
    }
    let sent: Vec<_> = api.authorizations().into_iter().flatten().collect();
    assert_eq!(sent, ["Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-2"]);
}

async fn a_header_of_the_callers_own_is_left_alone_and_its_401_too<A: Adapter>() {
    let (api, source) = (Api::default(), Counting::default());
    let auth = source.auth();
    let client = over::<A>(&auth, &api);
    api.refuse("my-own");
    let mut request = get(ORIGIN);
    request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_static("Bearer my-own"));
    let response = client.send(request).await.unwrap();
    assert_eq!(response.status(), 401);
    let outcome = response.extensions().get::<Outcome>().unwrap();
    assert_eq!(outcome.sent(), Sent::Without(Without::CallersOwn));
    assert_eq!(api.authorizations(), [Some("Bearer my-own".into())]);
    assert!(!auth.status().is_suspect());
}
