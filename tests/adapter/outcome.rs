//! What a response's `Outcome` says.

use auth_core::adapter::{Sent, Without};
use auth_core::{Authenticator, ErrorKind, Outcome};
use bytes::Bytes;
use http::{Response, StatusCode};

use crate::rig::{Adapter, Api, Counting, ORIGIN, get, over, over_all};

over_all!(
    the_usual_has_none_whether_the_token_was_waited_for_or_there,
    no_credentials_and_other_origins_have_one_that_says_so,
    a_replay_has_one_with_the_second_token,
    a_second_401_is_returned_and_says_that_both_were_refused,
    a_401_whose_refetch_failed_is_the_original_one_with_the_cause,
    a_401_soon_after_a_forced_fetch_is_returned_with_the_reason_and_no_fetch,
    a_403_and_an_insufficient_scope_keep_the_token_and_have_none,
);

fn outcome(response: &Response<Bytes>) -> Option<Outcome> {
    response.extensions().get::<Outcome>().cloned()
}

async fn the_usual_has_none_whether_the_token_was_waited_for_or_there<A: Adapter>() {
    let api = Api::default();
    let client = over::<A>(&Counting::default().auth(), &api);
    for status in [StatusCode::OK, StatusCode::OK, StatusCode::FORBIDDEN, StatusCode::BAD_GATEWAY] {
        api.answer_once(status);
        let response = client.send(get(ORIGIN)).await.unwrap();
        assert_eq!(response.status(), status);
        assert!(outcome(&response).is_none(), "{status}");
    }
}

async fn no_credentials_and_other_origins_have_one_that_says_so<A: Adapter>() {
    let client = over::<A>(&Authenticator::none_needed(), &Api::default());
    let response = client.send(get("http://sidecar.internal/")).await.unwrap();
    assert_eq!(outcome(&response).unwrap().sent(), Sent::Without(Without::NoneNeeded));

    let client = over::<A>(&Counting::default().auth(), &Api::default());
    let response = client.send(get("https://elsewhere.example.com/")).await.unwrap();
    let outcome = outcome(&response).unwrap();
    assert_eq!(outcome.sent(), Sent::Without(Without::OtherOrigin));
    assert!(!outcome.is_rejected() && !outcome.is_replayed() && outcome.error().is_none());
}

async fn a_replay_has_one_with_the_second_token<A: Adapter>() {
    let api = Api::default();
    let client = over::<A>(&Counting::default().auth(), &api);
    api.refuse("token-1");
    let response = client.send(get(ORIGIN)).await.unwrap();
    let outcome = outcome(&response).unwrap();
    assert_eq!((response.status(), outcome.sent()), (StatusCode::OK, Sent::With { generation: 2 }));
    assert!(outcome.is_replayed() && !outcome.is_rejected() && outcome.error().is_none());
}

async fn a_second_401_is_returned_and_says_that_both_were_refused<A: Adapter>() {
    let api = Api::default();
    let client = over::<A>(&Counting::default().auth(), &api);
    api.refuse("token-1");
    api.refuse("token-2");
    let response = client.send(get(ORIGIN)).await.unwrap();
    let outcome = outcome(&response).unwrap();
    assert_eq!((response.status(), api.got().len()), (StatusCode::UNAUTHORIZED, 2));
    assert!(outcome.is_replayed() && outcome.is_rejected());
    assert_eq!(outcome.sent(), Sent::With { generation: 2 });
}

async fn a_401_whose_refetch_failed_is_the_original_one_with_the_cause<A: Adapter>() {
    let (api, source) = (Api::default(), Counting::default());
    let client = over::<A>(&source.auth(), &api);
    client.send(get(ORIGIN)).await.unwrap();
    api.refuse("token-1");
    source.fail_once(auth_core::Error::new(ErrorKind::Rejected, "the issuer refused the key"));
    let response = client.send(get(ORIGIN)).await.unwrap();
    let outcome = outcome(&response).unwrap();
    assert_eq!((response.status(), api.got().len()), (StatusCode::UNAUTHORIZED, 2));
    assert!(outcome.is_rejected() && !outcome.is_replayed());
    assert_eq!(outcome.sent(), Sent::With { generation: 1 });
    assert!(outcome.error().unwrap().to_string().contains("the issuer refused the key"));
}

async fn a_401_soon_after_a_forced_fetch_is_returned_with_the_reason_and_no_fetch<A: Adapter>() {
    let (api, source) = (Api::default(), Counting::default());
    let client = over::<A>(&source.auth(), &api);
    api.refuse("token-1");
    client.send(get(ORIGIN)).await.unwrap();
    api.refuse("token-2");
    let response = client.send(get(ORIGIN)).await.unwrap();
    let outcome = outcome(&response).unwrap();
    assert_eq!((response.status(), source.fetches()), (StatusCode::UNAUTHORIZED, 2));
    assert!(outcome.is_rejected() && !outcome.is_replayed());
    assert!(outcome.error().unwrap().retry_at().is_some());
}

async fn a_403_and_an_insufficient_scope_keep_the_token_and_have_none<A: Adapter>() {
    let (api, source) = (Api::default(), Counting::default());
    let auth = source.auth();
    let client = over::<A>(&auth, &api);
    api.answer_once(StatusCode::FORBIDDEN);
    assert!(outcome(&client.send(get(ORIGIN)).await.unwrap()).is_none());
    api.refuse("token-1");
    api.challenge(r#"Bearer error="insufficient_scope""#);
    let response = client.send(get(ORIGIN)).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(outcome(&response).is_none());
    assert_eq!((source.fetches(), api.got().len()), (1, 2));
    assert!(!auth.status().is_suspect());
}
