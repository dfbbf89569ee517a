//! Through the layer: against tower-http's static header.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use auth_core::Authenticator;
use auth_tower::AuthLayer;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, Service};
use tower_http::auth::AddAuthorizationLayer;

use super::authenticator;

type Body = Full<Bytes>;

/// Answers at once, without allocating.
#[derive(Clone)]
struct Api;

impl Service<Request<Body>> for Api {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        assert!(request.headers().contains_key("authorization"));
        ready(Ok(Response::new(())))
    }
}

fn request() -> Request<Body> {
    Request::get("https://api.example.com/items").header("accept", "application/json").body(Body::default()).unwrap()
}

fn send<S: Service<Request<Body>, Response = Response<()>>>(service: &mut S, request: Request<Body>) {
    let mut cx = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut cx).is_ready());
    let response = pin!(service.call(request)).poll(&mut cx);
    assert!(matches!(response, Poll::Ready(Ok(_))));
}

/// Allocations of one request through a service that has sent some before.
fn allocations<S: Service<Request<Body>, Response = Response<()>>>(mut service: S) -> u64 {
    for _ in 0..3 {
        send(&mut service, request());
    }
    let request = request();
    measure(|| send(&mut service, request)).count_total
}

#[test]
fn a_hit_without_replay_allocates_no_more_than_a_static_header() {
    let floor = allocations(AddAuthorizationLayer::bearer(&"x".repeat(1024)).layer(Api));
    let ours = allocations(AuthLayer::new(authenticator()).without_replay().layer(Api));
    assert_eq!(ours, floor);
}

#[test]
fn a_hit_with_replay_copies_the_headers_and_no_more() {
    let floor = allocations(AuthLayer::new(authenticator()).without_replay().layer(Api));
    let request = request();
    let copy = measure(|| drop((request.headers().clone(), request.uri().clone()))).count_total;
    let ours = allocations(AuthLayer::new(authenticator()).layer(Api));
    assert!(ours <= floor + copy, "{ours} against {floor} and {copy} for the copy");
}

/// Allocations of each of the first requests through a service.
fn one_by_one<S: Service<Request<Body>, Response = Response<()>>>(mut service: S) -> [u64; 5] {
    [(); 5].map(|()| {
        let request = request();
        measure(|| send(&mut service, request)).count_total
    })
}

/// The token is there before the first request.
fn warm() -> Authenticator {
    let auth = authenticator();
    assert!(pin!(auth.warm_up()).poll(&mut Context::from_waker(Waker::noop())).is_ready());
    auth
}

#[test]
fn a_service_that_is_kept_copies_the_token_at_its_second_use_and_never_again() {
    let floor = one_by_one(AddAuthorizationLayer::bearer(&"x".repeat(1024)).layer(Api))[4];
    let ours = one_by_one(AuthLayer::new(warm()).without_replay().layer(Api));
    assert!(ours[1] > floor && ours[1] <= floor + 5, "{ours:?} against {floor}");
    assert_eq!((ours[2], ours[3], ours[4]), (floor, floor, floor));
}

#[test]
fn a_request_through_a_clone_allocates_no_more_than_through_a_clone_of_a_static_header() {
    let floor = AddAuthorizationLayer::bearer(&"x".repeat(1024)).layer(Api);
    let ours = AuthLayer::new(warm()).without_replay().layer(Api);
    // The first request of all with a token pays for the count of its clones.
    send(&mut ours.clone(), request());
    for _ in 0..4 {
        let count = |service: &mut dyn FnMut(Request<Body>)| {
            let request = request();
            measure(|| service(request)).count_total
        };
        let most = count(&mut |request| send(&mut floor.clone(), request));
        assert_eq!(count(&mut |request| send(&mut ours.clone(), request)), most);
    }
}

#[test]
fn a_service_cloned_for_every_request_allocates_no_more_than_a_static_header() {
    let floor = AddAuthorizationLayer::bearer("token").layer(Api);
    let ours = AuthLayer::new(authenticator()).without_replay().layer(Api);
    allocations(ours.clone());
    let count = |service: &dyn Fn()| measure(service).count_total;
    assert_eq!(count(&|| drop(ours.clone())), count(&|| drop(floor.clone())));
}
