//! What a response's `Outcome` says.

use auth_core::adapter::{Sent, Without};
use auth_core::{Authenticator, ErrorKind, Outcome};
use auth_tower::AuthLayer;
use http::{Response, StatusCode};
use tower::Layer;

use super::fixture::{Api, Body, Counting, ORIGIN, get, send};

fn outcome(response: &Response<Body>) -> Option<Outcome> {
    response.extensions().get::<Outcome>().cloned()
}

#[tokio::test]
async fn the_usual_has_none_whether_the_token_was_waited_for_or_there() {
    let api = Api::default();
    let mut client = AuthLayer::new(Counting::default().auth()).layer(api.clone());
    for status in [StatusCode::OK, StatusCode::OK, StatusCode::FORBIDDEN, StatusCode::BAD_GATEWAY] {
        api.answer_once(status);
        let response = send(&mut client, get(ORIGIN)).await.unwrap();
        assert_eq!(response.status(), status);
        assert!(outcome(&response).is_none(), "{status}");
    }
}

#[tokio::test]
async fn no_credentials_and_other_origins_have_one_that_says_so() {
    let mut client = AuthLayer::new(Authenticator::none_needed()).layer(Api::default());
    let response = send(&mut client, get("http://sidecar.internal/")).await.unwrap();
    assert_eq!(outcome(&response).unwrap().sent(), Sent::Without(Without::NoneNeeded));

    let mut client = AuthLayer::new(Counting::default().auth()).layer(Api::default());
    let response = send(&mut client, get("https://elsewhere.example.com/")).await.unwrap();
    let outcome = outcome(&response).unwrap();
    assert_eq!(outcome.sent(), Sent::Without(Without::OtherOrigin));
    assert!(!outcome.is_rejected() && !outcome.is_replayed() && outcome.error().is_none());
}

#[tokio::test]
async fn a_replay_has_one_with_the_second_token() {
    let api = Api::default();
    let mut client = AuthLayer::new(Counting::default().auth()).layer(api.clone());
    api.refuse("token-1");
    let response = send(&mut client, get(ORIGIN)).await.unwrap();
    let outcome = outcome(&response).unwrap();
    assert_eq!((response.status(), outcome.sent()), (StatusCode::OK, Sent::With { generation: 2 }));
    assert!(outcome.is_replayed() && !outcome.is_rejected() && outcome.error().is_none());
}

#[tokio::test]
async fn a_second_401_is_returned_and_says_that_both_were_refused() {
    let api = Api::default();
    let mut client = AuthLayer::new(Counting::default().auth()).layer(api.clone());
    api.refuse("token-1");
    api.refuse("token-2");
    let response = send(&mut client, get(ORIGIN)).await.unwrap();
    let outcome = outcome(&response).unwrap();
    assert_eq!((response.status(), api.got().len()), (StatusCode::UNAUTHORIZED, 2));
    assert!(outcome.is_replayed() && outcome.is_rejected());
    assert_eq!(outcome.sent(), Sent::With { generation: 2 });
}

#[tokio::test]
async fn a_401_whose_refetch_failed_is_the_original_one_with_the_cause() {
    let (api, source) = (Api::default(), Counting::default());
    let mut client = AuthLayer::new(source.auth()).layer(api.clone());
    send(&mut client, get(ORIGIN)).await.unwrap();
    api.refuse("token-1");
    source.fail_once(auth_core::Error::new(ErrorKind::Rejected, "the issuer refused the key"));
    let response = send(&mut client, get(ORIGIN)).await.unwrap();
    let outcome = outcome(&response).unwrap();
    assert_eq!((response.status(), api.got().len()), (StatusCode::UNAUTHORIZED, 2));
    assert!(outcome.is_rejected() && !outcome.is_replayed());
    assert_eq!(outcome.sent(), Sent::With { generation: 1 });
    assert!(outcome.error().unwrap().to_string().contains("the issuer refused the key"));
}

#[tokio::test]
async fn a_401_soon_after_a_forced_fetch_is_returned_with_the_reason_and_no_fetch() {
    let (api, source) = (Api::default(), Counting::default());
    let mut client = AuthLayer::new(source.auth()).layer(api.clone());
    api.refuse("token-1");
    send(&mut client, get(ORIGIN)).await.unwrap();
    api.refuse("token-2");
    let response = send(&mut client, get(ORIGIN)).await.unwrap();
    let outcome = outcome(&response).unwrap();
    assert_eq!((response.status(), source.fetches()), (StatusCode::UNAUTHORIZED, 2));
    assert!(outcome.is_rejected() && !outcome.is_replayed());
    assert!(outcome.error().unwrap().retry_at().is_some());
}

#[tokio::test]
async fn a_403_and_an_insufficient_scope_keep_the_token_and_have_none() {
    let (api, source) = (Api::default(), Counting::default());
    let auth = source.auth();
    let mut client = AuthLayer::new(auth.clone()).layer(api.clone());
    api.answer_once(StatusCode::FORBIDDEN);
    assert!(outcome(&send(&mut client, get(ORIGIN)).await.unwrap()).is_none());
    api.refuse("token-1");
    api.challenge(r#"Bearer error="insufficient_scope""#);
    let response = send(&mut client, get(ORIGIN)).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(outcome(&response).is_none());
    assert_eq!((source.fetches(), api.got().len()), (1, 2));
    assert!(!auth.status().is_suspect());
}
