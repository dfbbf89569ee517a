//! Types: checked by compiling this file.

use std::convert::Infallible;
use std::io;

use auth_core::{Authenticator, Transport};
use auth_tower::{
    Auth, AuthLayer, BaseUrl, BaseUrlLayer, Cloned, Error, HyperTransport, Never, ResponseFuture, TowerTransport,
};
use axum::Router;
use http::{Request, Response};
use tower::{Layer, Service};

use super::fixture::{Body, Hyper, get, send};
use crate::rig::{Counting, ORIGIN};

fn send_and_sync<T: Send + Sync>() {}
fn send_only<T: Send>() {}
fn clone_and_debug<T: Clone + std::fmt::Debug>() {}
fn transport<T: Transport>() {}

/// A client whose future is `Sync` too.
#[derive(Clone, Debug)]
struct Plain;

impl Service<Request<Body>> for Plain {
    type Response = Response<Body>;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<Response<Body>>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        std::future::ready(Err(io::Error::from(io::ErrorKind::BrokenPipe)))
    }
}

#[test]
fn a_future_is_send_and_sync_when_the_one_inside_is() {
    send_and_sync::<ResponseFuture<Plain, Body>>();
    send_and_sync::<<BaseUrl<Auth<Plain>> as Service<Request<Body>>>::Future>();
    // hyper's and axum's own futures are `Send` only.
    send_only::<ResponseFuture<Hyper, Body>>();
    send_only::<ResponseFuture<Router, axum::body::Body>>();
}

#[test]
fn services_and_layers_are_clone_debug_send_and_sync() {
    clone_and_debug::<Auth<Hyper>>();
    clone_and_debug::<Auth<Hyper, Never>>();
    clone_and_debug::<AuthLayer<Cloned>>();
    clone_and_debug::<BaseUrlLayer>();
    send_and_sync::<Auth<Hyper>>();
    send_and_sync::<AuthLayer>();
    send_and_sync::<Authenticator>();
    send_and_sync::<Error<io::Error>>();
}

#[test]
fn hypers_client_and_a_router_are_transports() {
    transport::<HyperTransport>();
    transport::<TowerTransport<Hyper>>();
    transport::<TowerTransport<Router, axum::body::Body>>();
}

#[tokio::test]
async fn the_inner_error_keeps_its_type_and_is_the_source() {
    let mut client = AuthLayer::new(Counting::default().auth()).layer(Plain);
    let error = send(&mut client, get(ORIGIN)).await.unwrap_err();
    assert!(std::error::Error::source(&error).is_none(), "a chain says everything once");
    let Error::Inner(inner) = error else { panic!("the client's own error") };
    assert_eq!(inner.kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn whoever_can_not_fail_leaves_one_kind_of_error() {
    fn only_ours(error: Error<Infallible>) -> auth_core::Error {
        match error {
            Error::Auth(error) => error,
        }
    }
    let error = only_ours(Error::Auth(auth_core::Error::unavailable("nothing is configured")));
    assert_eq!(error.kind(), auth_core::ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_future_says_where_it_is_and_shows_no_secret() {
    let auth = Counting::default().auth();
    auth.warm_up().await.unwrap();
    let mut client = AuthLayer::new(auth).layer(Plain);
    let future = client.call(get(ORIGIN));
    let shown = format!("{future:?} {client:?}");
    assert!(shown.contains("Sending") && !shown.contains("token-1"), "{shown}");
}
