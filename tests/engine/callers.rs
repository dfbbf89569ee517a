//! Callers that go away, stand still, or panic inside.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, ErrorKind, source_fn};
use auth_tower::AuthLayer;
use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::Full;
use tower::{Layer, Service, service_fn};

use super::scripted::{Scripted, hour, poll_once};

fn authenticator(source: &Scripted, runtime: &FakeRuntime) -> Authenticator {
    Authenticator::builder(source.clone()).anywhere().runtime(runtime.clone()).build().unwrap()
}

#[test]
fn a_caller_that_starts_a_flight_and_is_never_polled_again_blocks_nobody() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    let mut first = auth.token(Duration::ZERO);
    assert!(poll_once(&mut first).is_pending());
    let mut second = auth.token(Duration::ZERO);
    assert!(poll_once(&mut second).is_pending());
    source.open();
    runtime.run_until_idle();
    assert!(matches!(poll_once(&mut second), Poll::Ready(Ok(_))), "though the first was not polled");
    assert_eq!(source.calls(), 1);
    assert!(matches!(poll_once(&mut first), Poll::Ready(Ok(_))), "and the first, late, gets it too");
}

/// Yields to the executor `left` times.
struct Yield(u32);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(left) = self.0.checked_sub(1) else { return Poll::Ready(()) };
        self.0 = left;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[test]
fn a_caller_dropped_at_any_await_point_loses_no_token() {
    const STEPS: u32 = 8;
    for dropped_after in 0..STEPS + 4 {
        let runtime = FakeRuntime::new();
        let calls = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&calls);
        let source = source_fn(move |_cx| {
            counter.fetch_add(1, Ordering::SeqCst);
            async {
                Yield(STEPS).await;
                Ok(hour("kept"))
            }
        });
        let auth = Authenticator::builder(source).anywhere().runtime(runtime.clone()).build().unwrap();
        let mut caller = auth.token(Duration::ZERO);
        for _ in 0..dropped_after {
            if poll_once(&mut caller).is_ready() {
                break;
            }
        }
        drop(caller);
        runtime.run_until_idle();
        let expected = u32::from(dropped_after > 0);
        assert_eq!(calls.load(Ordering::SeqCst), expected, "dropped after {dropped_after} polls");
        let token = runtime.block_on(auth.token(Duration::ZERO)).unwrap();
        assert_eq!(token.secret().unwrap().expose(), "kept");
        assert_eq!(calls.load(Ordering::SeqCst), 1, "dropped after {dropped_after} polls: the token was lost");
    }
}

/// The same through the layer, over a request's whole way: waiting for a token, sent, answered 401, waiting for another,
/// sent again.
#[test]
fn a_request_dropped_at_any_await_point_loses_no_token_and_wedges_nobody() {
    for dropped_after in 0..40 {
        let runtime = FakeRuntime::new();
        let calls = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&calls);
        let source = source_fn(move |_cx| {
            let call = counter.fetch_add(1, Ordering::SeqCst) + 1;
            async move {
                Yield(5).await;
                Ok(hour(&format!("token-{call}")))
            }
        });
        let auth = Authenticator::builder(source).anywhere().runtime(runtime.clone()).build().unwrap();
        let api = service_fn(|request: Request<Full<Bytes>>| async move {
            Yield(3).await;
            let good = request.headers()["authorization"] == "Bearer token-2";
            let status = if good { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
            Ok::<_, std::io::Error>(Response::builder().status(status).body(()).unwrap())
        });
        let mut client = AuthLayer::new(auth.clone()).layer(api);
        let mut send = || client.call(Request::get("https://api.example.com/").body(Full::default()).unwrap());

        let mut dropped = Box::pin(send());
        for _ in 0..dropped_after {
            if dropped.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                break;
            }
            runtime.run_until_idle();
        }
        drop(dropped);
        runtime.run_until_idle();

        let response = runtime.block_on(send()).unwrap();
        assert_eq!(response.status(), StatusCode::OK, "dropped after {dropped_after} polls");
        assert_eq!(calls.load(Ordering::SeqCst), 2, "dropped after {dropped_after} polls");
    }
}

#[test]
fn a_panicking_source_is_an_error_and_frees_the_way() {
    let runtime = FakeRuntime::new();
    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let source = source_fn(move |_cx| {
        let call = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            Yield(1).await;
            assert!(call > 0, "the secret is hunter2");
            Ok(hour("after"))
        }
    });
    let auth = Authenticator::builder(source).anywhere().runtime(runtime.clone()).build().unwrap();
    let mut callers: Vec<_> = (0..10).map(|_| auth.token(Duration::ZERO)).collect();
    callers.iter_mut().for_each(|caller| assert!(poll_once(caller).is_pending()));
    runtime.run_until_idle();
    for mut caller in callers {
        let Poll::Ready(Err(error)) = poll_once(&mut caller) else { panic!("a caller hangs") };
        assert_eq!(error.kind(), ErrorKind::Transient);
        assert!(error.to_string().starts_with("auth: the source panicked; its message is on stderr"), "{error}");
    }
    runtime.advance(Duration::from_secs(2));
    assert!(runtime.block_on(auth.token(Duration::ZERO)).is_ok());
    assert_eq!(calls.load(Ordering::SeqCst), 2, "a panic is not repeated within a flight");
}

#[test]
fn a_source_that_panics_at_once_is_an_error_too() {
    let source = source_fn(|_cx| -> std::future::Ready<_> { panic!("before the first await") });
    let auth = Authenticator::builder(source).anywhere().runtime(FakeRuntime::new()).build().unwrap();
    let mut caller = pin!(auth.token(Duration::ZERO));
    assert!(matches!(poll_once(&mut caller), Poll::Ready(Err(_))));
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

#[test]
fn a_source_that_panics_when_it_is_given_up_has_timed_out_like_any_other() {
    let runtime = FakeRuntime::new();
    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let source = source_fn(move |_cx| {
        counter.fetch_add(1, Ordering::SeqCst);
        async {
            let _bomb = Bomb;
            std::future::pending().await
        }
    });
    let auth = Authenticator::builder(source).anywhere().runtime(runtime.clone()).build().unwrap();
    let mut caller = auth.token(Duration::ZERO);
    assert!(poll_once(&mut caller).is_pending());
    runtime.advance(Duration::from_secs(30));
    let Poll::Ready(Err(error)) = poll_once(&mut caller) else { panic!("it waits on") };
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(matches!(poll_once(&mut auth.token(Duration::ZERO)), Poll::Ready(Err(_))), "and the failure is kept");
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[test]
fn a_waiter_gives_up_at_its_own_deadline_and_the_flight_goes_on() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let mut policy = auth_core::Policy::default();
    policy.acquire_timeout = Some(Duration::from_secs(2));
    let auth =
        Authenticator::builder(source.clone()).anywhere().runtime(runtime.clone()).policy(policy).build().unwrap();
    let mut caller = auth.token(Duration::ZERO);
    assert!(poll_once(&mut caller).is_pending());
    runtime.advance(Duration::from_secs(2));
    let Poll::Ready(Err(error)) = poll_once(&mut caller) else { panic!("it waits beyond its deadline") };
    assert_eq!(error.kind(), ErrorKind::Timeout);
    source.open();
    runtime.run_until_idle();
    assert!(matches!(poll_once(&mut auth.token(Duration::ZERO)), Poll::Ready(Ok(_))));
    assert_eq!(source.calls(), 1);
}

/// Ready once; then it waits for ever, like a connection that is occupied by a response nobody reads.
#[derive(Clone, Default)]
struct ReadyOnce(Arc<AtomicU32>);

impl Service<Request<Full<Bytes>>> for ReadyOnce {
    type Response = Response<()>;
    type Error = std::io::Error;
    type Future = std::future::Ready<Result<Response<()>, std::io::Error>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if self.0.load(Ordering::SeqCst) == 0 { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    fn call(&mut self, _request: Request<Full<Bytes>>) -> Self::Future {
        self.0.fetch_add(1, Ordering::SeqCst);
        let response = Response::builder().status(StatusCode::UNAUTHORIZED).body(()).unwrap();
        std::future::ready(Ok(response))
    }
}

#[test]
fn a_replay_waits_ten_seconds_for_the_client_and_then_the_401_is_returned() {
    let (source, runtime) = (Scripted::hourly(), FakeRuntime::new());
    let mut client = AuthLayer::new(authenticator(&source, &runtime)).layer(ReadyOnce::default());
    assert!(client.poll_ready(&mut Context::from_waker(Waker::noop())).is_ready());
    let request = Request::get("https://api.example.com/").body(Full::default()).unwrap();
    let mut response = Box::pin(client.call(request));
    let mut poll = || response.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll().is_pending());
    runtime.advance(Duration::from_millis(9_999));
    assert!(poll().is_pending());
    runtime.advance(Duration::from_millis(1));
    let Poll::Ready(Ok(response)) = poll() else { panic!("it waits for ever") };
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let outcome = response.extensions().get::<auth_core::Outcome>().unwrap();
    assert!(outcome.is_rejected() && !outcome.is_replayed() && outcome.error().is_some());
    assert_eq!(source.calls(), 2, "and the next request has the newer token");
}

#[test]
fn another_origins_answer_neither_clears_nor_casts_a_suspicion() {
    use auth_core::adapter::{Judgement, Recovery, Sent};
    let (source, runtime) = (Scripted::hourly(), FakeRuntime::new());
    let builder = Authenticator::builder(source).for_origins(["https://api.example.com"]);
    let auth = builder.runtime(runtime.clone()).build().unwrap();
    runtime.block_on(auth.warm_up()).unwrap();
    let Recovery::Wait(recover) = auth.recover(1) else { panic!("the first forced fetch is always allowed") };
    assert_eq!(runtime.block_on(recover).unwrap().generation(), 2);

    let (elsewhere, headers) = ("https://login.example.org/".parse::<Uri>().unwrap(), http::HeaderMap::new());
    let judge = |status| auth.judge(Sent::With { generation: 2 }, status, &headers, Some((&elsewhere).into()));
    assert_eq!(judge(StatusCode::UNAUTHORIZED), Judgement::Fine);
    assert_eq!(judge(StatusCode::OK), Judgement::Fine);
    runtime.advance(Duration::from_secs(6));
    assert!(matches!(auth.recover(2), Recovery::Return(_)), "the new token has not been accepted by anybody yet");
}
