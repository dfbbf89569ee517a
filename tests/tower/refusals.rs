//! What must not be sent is not sent.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;

use auth_core::Builder;
use auth_core::{Authenticator, Error, ErrorKind, Token, source_fn};
use auth_tower::AuthLayer;
use http::Request;
use tokio::sync::Semaphore;
use tower::{Layer, Service};

use super::fixture::{Api, Body, Counting, ORIGIN, get, send};

/// The error of a request that was not sent, over this authenticator. It comes the same with and without a token at hand.
async fn refused(build: impl Fn(Builder) -> Builder, uri: &str) -> Error {
    let (api, source) = (Api::default(), Counting::default());
    let auth = build(source.builder()).build().unwrap();
    let mut client = AuthLayer::new(auth.clone()).layer(api.clone());
    let request = || Request::get(uri).body(Body::default()).unwrap();
    let first = send(&mut client, request()).await.unwrap_err().auth().unwrap().clone();
    assert_eq!(source.fetches(), 0, "refused before any fetch");

    auth.warm_up().await.unwrap();
    let second = send(&mut client, request()).await.unwrap_err().auth().unwrap().clone();
    assert_eq!(first.kind(), second.kind());
    assert!(api.got().is_empty(), "it was sent");
    first
}

#[tokio::test]
async fn a_request_without_a_host_is_refused_with_what_to_do() {
    let error = refused(|builder| builder.for_origins([ORIGIN]), "/items").await;
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    for way_out in ["absolute URIs", "BaseUrl", "connection_bound"] {
        assert!(error.to_string().contains(way_out), "{error}");
    }
    assert_eq!(refused(|builder| builder.anywhere(), "/items").await.kind(), ErrorKind::Misconfigured);
}

#[tokio::test]
async fn a_token_does_not_go_over_plain_http_to_another_machine() {
    let origin = "http://api.example.com";
    for error in [
        refused(|builder| builder.for_origins([origin]), "http://api.example.com/items").await,
        refused(|builder| builder.connection_bound(origin), "http://api.example.com/items").await,
        refused(|builder| builder.connection_bound(origin), "/items").await,
        refused(|builder| builder.anywhere(), "http://api.example.com/items").await,
        refused(|builder| builder.anywhere(), "http://127.0.0.1.example.com/items").await,
    ] {
        assert_eq!(error.kind(), ErrorKind::InsecureTransport);
        assert!(error.to_string().contains("https"), "{error}");
    }
}

#[tokio::test]
async fn a_failed_acquisition_sends_nothing() {
    let (api, source) = (Api::default(), Counting::default());
    let mut client = AuthLayer::new(source.auth()).layer(api.clone());
    source.fail_once(Error::misconfigured("the key is not set"));
    for _ in 0..2 {
        let error = send(&mut client, get(ORIGIN)).await.unwrap_err();
        assert_eq!(error.auth().unwrap().kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("the key is not set"), "{error}");
    }
    assert_eq!(source.fetches(), 1, "the failure is kept");
    assert!(api.got().is_empty());
}

#[tokio::test]
async fn a_request_dropped_while_it_waits_is_not_sent_and_its_fetch_goes_on() {
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
    let mut client = AuthLayer::new(auth.clone()).layer(api.clone());
    let mut call = Box::pin(client.call(get(ORIGIN)));
    assert!(poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await);
    drop(call);
    gate.add_permits(1);
    auth.warm_up().await.unwrap();
    assert_eq!(auth.status().generation(), Some(1));
    assert!(api.got().is_empty());
}
