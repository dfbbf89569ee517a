//! Services beside the layer: boxed, buffered, limited, retried.

use std::future::{Ready, ready};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, ErrorKind, Outcome, RequestAuth, source_fn};
use auth_tower::{AuthLayer, Error, TowerTransport};
use http::{Request, Response, StatusCode};
use tokio::sync::Semaphore;
use tower::buffer::Buffer;
use tower::limit::{ConcurrencyLimit, GlobalConcurrencyLimitLayer};
use tower::retry::{Policy, RetryLayer};
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt};

use super::fixture::{Body, Stage, get, send};
use crate::rig::{Api, Counting, ORIGIN, api_key, hyper};

#[tokio::test]
async fn it_can_be_boxed_and_what_is_inside_can_be_boxed() {
    let api = Api::default();
    let inside = BoxCloneSyncService::new(api.clone());
    let client = AuthLayer::new(Counting::default().auth()).layer(inside);
    let mut client: BoxCloneSyncService<Request<Body>, _, _> = BoxCloneSyncService::new(client);
    api.refuse("token-1");
    assert_eq!(send(&mut client, get(ORIGIN)).await.unwrap().status(), StatusCode::OK);
    assert_eq!(api.authorizations(), [Some("Bearer token-1".into()), Some("Bearer token-2".into())]);
}

#[tokio::test]
async fn buffers_can_stand_inside_and_outside_and_both_sendings_pass_them() {
    let api = Api::default();
    // Inside, its error is a box, which is no `Error` itself; a type in between lets `Buffer` stand outside too.
    let inside = Buffer::new(api.clone(), 1).map_err(io::Error::other);
    let client = AuthLayer::new(Counting::default().auth()).layer(inside);
    let client = Buffer::new(client, 1);
    api.refuse("token-1");
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(client.clone().oneshot(get(ORIGIN)))).collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    let tokens = |token: &str| api.authorizations().into_iter().flatten().filter(|sent| sent.ends_with(token)).count();
    assert_eq!((tokens("token-1") >= 1, tokens("token-2")), (true, 20));
}

#[tokio::test]
async fn a_boxed_error_inside_stays_a_box() {
    let failing = tower::service_fn(|_: Request<Body>| async { Err::<Response<Body>, _>(io::Error::other("down")) });
    let mut client = AuthLayer::new(Counting::default().auth()).layer(Buffer::new(failing, 1));
    let Err(Error::Inner(error)) = send(&mut client, get(ORIGIN)).await else { panic!("it has failed") };
    let error: BoxError = error;
    assert_eq!(error.to_string(), "down");
}

#[tokio::test]
async fn a_replay_through_a_limit_of_one_does_not_deadlock_and_gives_its_permit_back() {
    let (api, permits) = (Api::default(), Arc::new(Semaphore::new(1)));
    let limited = ConcurrencyLimit::with_semaphore(api.clone(), Arc::clone(&permits));
    let client = AuthLayer::new(Counting::default().auth()).layer(limited);
    api.refuse("token-1");
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(client.clone().oneshot(get(ORIGIN)))).collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    drop(client);
    assert_eq!(permits.available_permits(), 1);
}

#[tokio::test]
async fn a_rejected_request_gives_its_permit_back_before_it_waits_for_a_token() {
    let stage = Stage::new().await;
    let limit = GlobalConcurrencyLimitLayer::with_semaphore(Arc::new(Semaphore::new(1)));
    // Tokens are fetched through the same single permit.
    let transport = TowerTransport::new(limit.layer(hyper::<Body>()));
    let auth = api_key(&stage.emulator).transport(transport).build().unwrap();
    auth.warm_up().await.unwrap();
    stage.emulator.revoke_all();
    let mut client = AuthLayer::new(auth).layer(limit.layer(hyper()));
    let response = send(&mut client, stage.get()).await.unwrap();
    assert!(response.extensions().get::<Outcome>().unwrap().is_replayed());
    assert_eq!(stage.counts(), (2, 2));
}

#[tokio::test]
async fn a_limit_outside_counts_a_replayed_request_once() {
    let (api, permits) = (Api::default(), Arc::new(Semaphore::new(1)));
    let client = AuthLayer::new(Counting::default().auth()).layer(api.clone());
    let mut client = ConcurrencyLimit::with_semaphore(client, Arc::clone(&permits));
    api.refuse("token-1");
    assert_eq!(send(&mut client, get(ORIGIN)).await.unwrap().status(), StatusCode::OK);
    drop(client);
    assert_eq!((api.got().len(), permits.available_permits()), (2, 1));
}

/// Tries again after server errors, and after failures of authentication that may pass, once their pause is over.
#[derive(Clone)]
struct Tries {
    left: usize,
    clock: FakeRuntime,
}

impl<T, E> Policy<Request<Body>, Response<T>, Error<E>> for Tries {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut Request<Body>, result: &mut Result<Response<T>, Error<E>>) -> Option<Ready<()>> {
        let again = match result {
            Ok(response) => response.status().is_server_error(),
            Err(error) => error.auth().is_some_and(auth_core::Error::is_transient),
        };
        if !again || self.left == 0 {
            return None;
        }
        self.left -= 1;
        self.clock.advance(Duration::from_secs(30));
        Some(ready(()))
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        Some(request.clone())
    }
}

fn retried(
    api: &Api,
    source: &Counting,
    tries: usize,
) -> impl Service<Request<Body>, Response = Response<Body>, Error = Error<std::convert::Infallible>> {
    let clock = FakeRuntime::new();
    let auth = Authenticator::builder(source.clone()).for_origins([ORIGIN]).runtime(clock.clone());
    ServiceBuilder::new()
        .layer(RetryLayer::new(Tries { left: tries, clock }))
        .layer(AuthLayer::new(auth.build().unwrap()))
        .service(api.clone())
}

#[tokio::test]
async fn each_try_of_a_retry_is_authenticated_anew() {
    let (api, source) = (Api::default(), Counting::default());
    let mut client = retried(&api, &source, 2);
    api.answer_once(StatusCode::BAD_GATEWAY);
    api.answer_once(StatusCode::BAD_GATEWAY);
    let mut request = get(ORIGIN);
    request.extensions_mut().insert(RequestAuth::fresh());
    assert_eq!(send(&mut client, request).await.unwrap().status(), StatusCode::OK);
    let sent: Vec<_> = api.authorizations().into_iter().flatten().collect();
    assert_eq!(sent, ["Bearer token-1", "Bearer token-2", "Bearer token-3"]);
    assert!(api.got().iter().all(|got| got.headers.get_all("authorization").iter().count() == 1));
}

#[tokio::test]
async fn a_transient_failure_of_authentication_is_worth_a_retry() {
    let (api, source) = (Api::default(), Counting::default());
    let mut client = retried(&api, &source, 1);
    // One acquisition is three attempts.
    (0..3).for_each(|_| source.fail_once(auth_core::Error::transient("the issuer is down")));
    assert_eq!(send(&mut client, get(ORIGIN)).await.unwrap().status(), StatusCode::OK);
    assert_eq!((source.fetches(), api.got().len()), (4, 1));
}

#[tokio::test]
async fn a_permanent_failure_of_authentication_is_not_retried_and_nothing_is_sent() {
    let (api, source) = (Api::default(), Counting::default());
    let mut client = retried(&api, &source, 5);
    source.fail_once(auth_core::Error::misconfigured("the key is wrong"));
    let error = send(&mut client, get(ORIGIN)).await.unwrap_err();
    assert_eq!(error.auth().unwrap().kind(), ErrorKind::Misconfigured);
    assert_eq!((source.fetches(), api.got().len()), (1, 0));
}

#[tokio::test]
async fn a_request_that_waited_in_vain_gives_its_permit_back() {
    let (api, permits) = (Api::default(), Arc::new(Semaphore::new(1)));
    let source = source_fn(|_cx| async {
        tokio::task::yield_now().await;
        Err(auth_core::Error::misconfigured("no key"))
    });
    let auth = Authenticator::builder(source).for_origins([ORIGIN]).build().unwrap();
    let limit = GlobalConcurrencyLimitLayer::with_semaphore(Arc::clone(&permits));
    let mut client = AuthLayer::new(auth).layer(limit.layer(api));
    let future = ServiceExt::<Request<Body>>::ready(&mut client).await.unwrap().call(get(ORIGIN));
    let mut future = std::pin::pin!(future);
    assert!(future.as_mut().await.is_err());
    // The future is still there.
    assert_eq!(permits.available_permits(), 1);
}
