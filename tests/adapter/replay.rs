//! Which requests are sent a second time, and with what.

use std::future::ready;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, Event, Outcome, Token, source_fn};
use auth_emulator::StatusCode;
use bytes::Bytes;
use http::{HeaderValue, Method, Request};

use crate::rig::{
    Adapter, Api, Counting, Load, ORIGIN, Redirects, Replay, Setup, Stage, api_key, get, over, over_all, over_with,
};

over_all!(
    a_newer_token_that_puts_nothing_on_a_request_is_no_reason_to_send_it_again,
    a_post_is_sent_again_byte_for_byte_with_all_its_headers,
    a_streaming_body_passes_once_and_whole_and_the_next_request_has_a_new_token,
    without_replay_nothing_is_sent_again_and_a_new_token_is_fetched,
    without_a_body_every_method_is_sent_again,
    replay_if_narrows_by_what_the_request_says_and_widens_nothing,
    replay_if_narrows_further_the_second_time,
    replay_if_looks_at_headers_too,
    the_second_sending_carries_one_header_and_the_extensions_of_the_first,
    a_header_that_comes_twice_does_so_both_times,
);

/// More than one piece, and not the same in any two places.
fn long() -> Bytes {
    (0..25_000_u32).flat_map(u32::to_le_bytes).collect()
}

fn post(url: &str, body: impl Into<Load>) -> Request<Load> {
    Request::post(url).header("content-type", "application/json").body(body.into()).unwrap()
}

fn request(method: &Method, body: &'static str) -> Request<Load> {
    Request::builder().method(method).uri(ORIGIN).body(body.into()).unwrap()
}

/// How often a request is sent whose first token is refused; each time it is the same but for the token.
async fn sendings<A: Adapter>(replay: Replay, request: impl Fn() -> Request<Load>) -> usize {
    let api = Api::default();
    let client = over_with::<A>(&Counting::default().auth(), replay, &api);
    api.refuse("token-1");
    client.send(request()).await.unwrap();
    let wanted = request();
    for got in api.got() {
        let Load::Bytes(body) = wanted.body() else { panic!("a stream is not sent twice") };
        assert_eq!((&got.method, &got.body), (wanted.method(), body));
    }
    api.got().len()
}

async fn a_post_is_sent_again_byte_for_byte_with_all_its_headers<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    let client = A::over_sockets(stage.auth.clone(), Replay::Bodies);
    stage.auth.warm_up().await.unwrap();
    stage.emulator.revoke_all();
    let response = client.send(post(&stage.url("/echo?page=2"), long())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.body() == &long(), "what came back is what was sent");
    let [first, second] = &stage.emulator.api_requests()[..] else { panic!("two sendings") };
    for request in [first, second] {
        assert_eq!((request.method(), request.path(), request.query()), (&Method::POST, "/api/echo", Some("page=2")));
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert!(request.body() == &long());
    }
    assert_eq!(stage.authorizations(), [stage.bearer(0), stage.bearer(1)]);
}

async fn a_streaming_body_passes_once_and_whole_and_the_next_request_has_a_new_token<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    let (told, mut generation) = tokio::sync::watch::channel(0);
    let auth = api_key(&stage.emulator).transport(A::transport()).listener(move |event| {
        if let Event::Acquired { generation, .. } = event {
            told.send_replace(*generation);
        }
    });
    let auth = auth.build().unwrap();
    let client = A::over_sockets(auth.clone(), Replay::Bodies);
    let upload = || post(&stage.url("/echo"), Load::once(long()));
    auth.warm_up().await.unwrap();
    stage.emulator.revoke_all();

    let response = client.send(upload()).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()["www-authenticate"], r#"Bearer error="invalid_token""#);
    let outcome = response.extensions().get::<Outcome>().unwrap();
    assert!(outcome.is_rejected() && !outcome.is_replayed());
    assert!(outcome.error().unwrap().to_string().contains("can't be sent again"));
    assert_eq!(stage.emulator.api_request_count(), 1);

    // Nobody waits for the new token, and it comes all the same.
    generation.wait_for(|generation| *generation == 2).await.unwrap();
    assert_eq!(client.send(upload()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(stage.counts(), (2, 2));
    assert_eq!(stage.authorizations(), [stage.bearer(0), stage.bearer(1)]);
    assert!(stage.emulator.api_requests().iter().all(|request| request.body() == &long()), "half a body, or none");
}

async fn without_replay_nothing_is_sent_again_and_a_new_token_is_fetched<A: Adapter>() {
    let (api, source) = (Api::default(), Counting::default());
    let client = over_with::<A>(&source.auth(), Replay::Never, &api);
    api.refuse("token-1");
    let response = client.send(post(ORIGIN, Load::once(long()))).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!((api.got().len(), source.fetches()), (1, 2));
    assert!(api.got()[0].body == long());
    assert_eq!(client.send(request(&Method::GET, "")).await.unwrap().status(), StatusCode::OK);
    assert_eq!(api.authorizations()[1], Some("Bearer token-2".into()));
}

async fn without_a_body_every_method_is_sent_again<A: Adapter>() {
    for method in [Method::GET, Method::POST, Method::DELETE, Method::PUT, Method::PATCH, Method::HEAD] {
        assert_eq!(sendings::<A>(Replay::AsMade, || request(&method, "")).await, 2, "{method}");
        assert_eq!(sendings::<A>(Replay::Bodies, || request(&method, "a body")).await, 2, "{method}");
        assert_eq!(sendings::<A>(Replay::Never, || request(&method, "")).await, 1, "{method}");
    }
}

async fn replay_if_narrows_by_what_the_request_says_and_widens_nothing<A: Adapter>() {
    let safe = Replay::If(&[|method, _| method.is_safe()]);
    for (method, expected) in [(Method::GET, 2), (Method::HEAD, 2), (Method::PUT, 1), (Method::POST, 1)] {
        for body in ["", "a body"] {
            assert_eq!(sendings::<A>(safe, || request(&method, body)).await, expected, "{method} {body:?}");
        }
    }
    let api = Api::default();
    let client = over_with::<A>(&Counting::default().auth(), Replay::If(&[|_, _| true]), &api);
    api.refuse("token-1");
    client.send(post(ORIGIN, Load::once(long()))).await.unwrap();
    assert_eq!(api.got().len(), 1, "a stream stays a stream");
}

async fn replay_if_narrows_further_the_second_time<A: Adapter>() {
    let both = Replay::If(&[|method, _| method.is_idempotent(), |method, _| method != Method::DELETE]);
    for (method, expected) in [(Method::PUT, 2), (Method::DELETE, 1), (Method::POST, 1)] {
        assert_eq!(sendings::<A>(both, || request(&method, "")).await, expected, "{method}");
    }
}

async fn replay_if_looks_at_headers_too<A: Adapter>() {
    for (idempotent, expected) in [(true, 2), (false, 1)] {
        let replay = Replay::If(&[|_, headers| headers.contains_key("idempotency-key")]);
        let request = || {
            let mut request = post(ORIGIN, "a body");
            if idempotent {
                request.headers_mut().insert("idempotency-key", HeaderValue::from_static("1"));
            }
            request
        };
        assert_eq!(sendings::<A>(replay, request).await, expected);
    }
}

async fn the_second_sending_carries_one_header_and_the_extensions_of_the_first<A: Adapter>() {
    #[derive(Clone, Debug, PartialEq)]
    struct TraceId(u32);
    let (api, seen) = (Api::default(), Arc::<Mutex<Vec<_>>>::default());
    let (inside, log) = (api.clone(), Arc::clone(&seen));
    let server = move |request: Request<Bytes>| {
        log.lock().unwrap().push(request.extensions().get::<TraceId>().cloned());
        ready(inside.respond(request))
    };
    let auth = Counting::default().auth();
    let setup = Setup { auth, replay: Replay::AsMade, redirects: Redirects::Returned, server: Arc::new(server) };
    api.refuse("token-1");
    let request = Request::get(ORIGIN).extension(TraceId(7)).body(Load::default()).unwrap();
    A::in_process(setup).send(request).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [Some(TraceId(7)), Some(TraceId(7))]);
    assert!(api.got().iter().all(|got| got.headers.get_all("authorization").iter().count() == 1));
}

async fn a_header_that_comes_twice_does_so_both_times<A: Adapter>() {
    let api = Api::default();
    api.refuse("token-1");
    let request = Request::get(ORIGIN).header("x-many", "1").header("x-many", "2").body(Load::default()).unwrap();
    over::<A>(&Counting::default().auth(), &api).send(request).await.unwrap();
    let counts = api.got().iter().map(|got| got.headers.get_all("x-many").iter().count()).collect::<Vec<_>>();
    assert_eq!(counts, [2, 2]);
}

/// It would go out without a credential.
async fn a_newer_token_that_puts_nothing_on_a_request_is_no_reason_to_send_it_again<A: Adapter>() {
    let (api, number) = (Api::default(), AtomicU64::new(0));
    let source = source_fn(move |_cx| {
        let first = number.fetch_add(1, Ordering::SeqCst) == 0;
        ready(Ok(if first { Token::bearer("token-1") } else { Token::none_needed() }))
    });
    let auth = Authenticator::builder(source).for_origins([ORIGIN]).runtime(FakeRuntime::new()).build().unwrap();
    api.refuse("token-1");
    let response = over::<A>(&auth, &api).send(get(ORIGIN)).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(!response.extensions().get::<Outcome>().unwrap().is_replayed());
    assert_eq!(api.authorizations(), [Some("Bearer token-1".to_owned())]);
}
