//! What must not be sent is not sent.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use auth_core::{Authenticator, Builder, Error, ErrorKind, Token, source_fn};
use tokio::sync::Semaphore;

use crate::rig::{Adapter, Api, Counting, ORIGIN, get, over, over_all};

over_all!(
    a_token_does_not_go_over_plain_http_to_another_machine,
    a_failed_acquisition_sends_nothing,
    a_request_dropped_while_it_waits_is_not_sent_and_its_fetch_goes_on,
);

/// The error of a request that was not sent, over this authenticator. It comes the same with and without a token at hand.
pub(crate) async fn refused<A: Adapter>(build: impl Fn(Builder) -> Builder, uri: &str) -> Error {
    let (api, source) = (Api::default(), Counting::default());
    let auth = build(source.builder()).build().unwrap();
    let client = over::<A>(&auth, &api);
    let first = client.refused(get(uri)).await;
    assert_eq!(source.fetches(), 0, "refused before any fetch");

    auth.warm_up().await.unwrap();
    let second = client.refused(get(uri)).await;
    assert_eq!(first.kind(), second.kind());
    assert!(api.got().is_empty(), "it was sent");
    first
}

async fn a_token_does_not_go_over_plain_http_to_another_machine<A: Adapter>() {
    let origin = "http://api.example.com";
    for error in [
        refused::<A>(|builder| builder.for_origins([origin]), "http://api.example.com/items").await,
        refused::<A>(|builder| builder.connection_bound(origin), "http://api.example.com/items").await,
        refused::<A>(|builder| builder.anywhere(), "http://api.example.com/items").await,
        refused::<A>(|builder| builder.anywhere(), "http://127.0.0.1.example.com/items").await,
    ] {
        assert_eq!(error.kind(), ErrorKind::InsecureTransport);
        assert!(error.to_string().contains("https"), "{error}");
    }
}

async fn a_failed_acquisition_sends_nothing<A: Adapter>() {
    let (api, source) = (Api::default(), Counting::default());
    let client = over::<A>(&source.auth(), &api);
    source.fail_once(Error::misconfigured("the key is not set"));
    for _ in 0..2 {
        let error = client.refused(get(ORIGIN)).await;
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("the key is not set"), "{error}");
    }
    assert_eq!(source.fetches(), 1, "the failure is kept");
    assert!(api.got().is_empty());
}

async fn a_request_dropped_while_it_waits_is_not_sent_and_its_fetch_goes_on<A: Adapter>() {
    let (api, gate) = (Api::default(), Arc::new(Semaphore::new(0)));
    let opened = Arc::clone(&gate);
    let source = source_fn(move |_cx| {
        let opened = Arc::clone(&opened);
        async move {
            opened.acquire().await.map_err(|_| Error::transient("closed"))?.forget();
            Ok(Token::bearer("token"))
        }
    });
    let auth = Authenticator::builder(source).for_origins([ORIGIN]).build().unwrap();
    let mut call = over::<A>(&auth, &api).send(get(ORIGIN));
    assert!(poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await);
    drop(call);
    gate.add_permits(1);
    auth.warm_up().await.unwrap();
    assert_eq!(auth.status().generation(), Some(1));
    assert!(api.got().is_empty());
}
