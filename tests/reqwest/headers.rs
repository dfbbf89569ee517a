//! Headers of the caller's own, and those that reqwest adds below the middleware.

use auth_core::Outcome;
use auth_core::adapter::{Sent, Without};
use auth_reqwest::{RequestBuilderExt, api_client};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::Client;

use super::fixture::{API_KEY, Stage, handed, over, plain};

/// A client that adds this header to every request which has none of the name.
fn defaulting(name: http::HeaderName, value: &'static str) -> Client {
    let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
    api_client().no_proxy().default_headers(headers).build().unwrap()
}

#[tokio::test]
async fn a_header_of_the_request_wins_and_its_401_is_the_callers() {
    let stage = Stage::new().await;
    let response = over(plain(), &stage.auth).get(stage.url("/items")).bearer_auth("my-own").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.extensions().get::<Outcome>().unwrap().sent(), Sent::Without(Without::CallersOwn));
    let response = plain().get(stage.url("/items")).bearer_auth("my-own").send_with(&stage.auth).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(stage.authorizations(), [Some("Bearer my-own".into()), Some("Bearer my-own".into())]);
    assert!(!stage.auth.status().is_suspect());
}

/// reqwest makes a header of it, so it is one of the caller's own.
#[tokio::test]
async fn a_user_in_the_url_is_a_header_of_the_request() {
    let stage = Stage::new().await;
    let url = stage.url("/items").replacen("://", "://user:password@", 1);
    let response = over(plain(), &stage.auth).get(url).send().await.unwrap();
    assert_eq!(response.extensions().get::<Outcome>().unwrap().sent(), Sent::Without(Without::CallersOwn));
    assert_eq!(stage.authorizations(), [Some("Basic dXNlcjpwYXNzd29yZA==".into())]);
}

/// The middleware can't see them: reqwest adds them afterwards, and only where there is none.
#[tokio::test]
async fn a_default_header_of_the_client_gives_way_to_the_token() {
    let stage = Stage::new().await;
    let client = over(defaulting(AUTHORIZATION, "Bearer the-default"), &stage.auth);
    let response = client.get(stage.url("/items")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.extensions().get::<Outcome>().is_none());
    assert_eq!(stage.authorizations(), [stage.bearer(0)]);
}

#[tokio::test]
async fn where_nothing_is_attached_a_default_header_goes_out_to_any_origin() {
    let stage = Stage::new().await;
    let client = over(defaulting(AUTHORIZATION, "Bearer the-default"), &stage.auth);
    let response = client.get(format!("{}/items", stage.emulator.other_origin())).send().await.unwrap();
    assert_eq!(response.extensions().get::<Outcome>().unwrap().sent(), Sent::Without(Without::OtherOrigin));
    assert_eq!(stage.emulator.other_requests()[0].header("authorization"), Some("Bearer the-default"));
}

#[tokio::test]
async fn a_default_header_of_another_name_goes_along() {
    let stage = Stage::new().await;
    let client = over(defaulting(API_KEY, "the-default"), &stage.auth);
    client.get(stage.url("/items")).send().await.unwrap();
    let request = &stage.emulator.api_requests()[0];
    assert_eq!(request.header("x-api-key"), Some("the-default"));
    assert_eq!(request.header("authorization").map(str::to_owned), stage.bearer(0));
}

#[tokio::test]
async fn a_key_in_a_header_of_its_own_goes_in_the_place_of_a_default() {
    let emulator = auth_emulator::Emulator::builder().with_token_header(API_KEY).start().await.unwrap();
    let auth = handed(&emulator, &API_KEY).build().unwrap();
    let client = over(defaulting(API_KEY, "the-default"), &auth);
    assert_eq!(client.get(format!("{}/items", emulator.api_url())).send().await.unwrap().status(), StatusCode::OK);
    let request = &emulator.api_requests()[0];
    assert_eq!(request.header("x-api-key"), Some(&emulator.issued_tokens()[0][..]));
    assert_eq!(request.headers().get_all("x-api-key").iter().count(), 1);
}
