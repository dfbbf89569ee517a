//! Which requests are sent a second time, and with what.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use auth_core::{Event, Outcome};
use auth_emulator::StatusCode;
use auth_tower::{AuthLayer, Cloned, HyperTransport, WhenEmpty};
use bytes::Bytes;
use http::{Method, Request};
use http_body::{Body as _, Frame};
use tower::Layer;

use super::fixture::{Api, Body, Counting, ORIGIN, Stage, api_key, hyper, send};

/// A body that passes once: neither `Clone` nor `Default`, and its length is not known.
struct OneShot(VecDeque<Bytes>);

impl OneShot {
    fn new() -> Self {
        Self((0..16).map(|n| Bytes::from(vec![b'a' + n; 4096])).collect())
    }

    fn whole() -> Vec<u8> {
        Self::new().0.into_iter().flatten().collect()
    }
}

impl http_body::Body for OneShot {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

/// The same with a default, as many body types have one: it must not be sent in the place of the real one.
#[derive(Default)]
struct Defaulting(Option<OneShot>);

impl http_body::Body for Defaulting {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut self.0 {
            Some(body) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }
}

fn post<B>(url: &str, body: B) -> Request<B> {
    Request::post(url).header("content-type", "application/json").body(body).unwrap()
}

#[tokio::test]
async fn a_cloned_post_is_sent_again_byte_for_byte_with_all_its_headers() {
    let stage = Stage::new().await;
    let mut client = AuthLayer::new(stage.auth.clone()).replay(Cloned).layer(hyper());
    stage.auth.warm_up().await.unwrap();
    stage.emulator.revoke_all();
    let body = Bytes::from((0..100_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>());
    let request = post(&stage.url("/echo?page=2"), Body::new(body.clone()));
    assert_eq!(send(&mut client, request).await.unwrap().status(), StatusCode::OK);
    let [first, second] = &stage.emulator.api_requests()[..] else { panic!("two sendings") };
    for request in [first, second] {
        assert_eq!((request.method(), request.path(), request.query()), (&Method::POST, "/api/echo", Some("page=2")));
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert!(request.body() == &body);
    }
    assert_eq!(stage.authorizations(), [stage.bearer(0), stage.bearer(1)]);
}

#[tokio::test]
async fn a_streaming_body_passes_once_and_whole_and_the_next_request_has_a_new_token() {
    let stage = Stage::new().await;
    let (told, mut generation) = tokio::sync::watch::channel(0);
    let auth = api_key(&stage.emulator).transport(HyperTransport::new()).listener(move |event| {
        if let Event::Acquired { generation, .. } = event {
            told.send_replace(*generation);
        }
    });
    let auth = auth.build().unwrap();
    let mut client = AuthLayer::new(auth.clone()).layer(hyper());
    let upload = || post(&stage.url("/echo"), Defaulting(Some(OneShot::new())));
    auth.warm_up().await.unwrap();
    stage.emulator.revoke_all();

    let response = send(&mut client, upload()).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()["www-authenticate"], r#"Bearer error="invalid_token""#);
    assert!(response.extensions().get::<Outcome>().unwrap().is_rejected());
    assert_eq!(stage.emulator.api_request_count(), 1);

    // Nobody waits for the new token, and it comes all the same.
    generation.wait_for(|generation| *generation == 2).await.unwrap();
    assert_eq!(send(&mut client, upload()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(stage.counts(), (2, 2));
    assert_eq!(stage.authorizations(), [stage.bearer(0), stage.bearer(1)]);
    let requests = stage.emulator.api_requests();
    assert!(requests.iter().all(|request| request.body() == &OneShot::whole()), "half a body, or none");
}

#[tokio::test]
async fn without_replay_asks_nothing_of_the_body() {
    let (api, source) = (Api::default(), Counting::default());
    let mut client = AuthLayer::new(source.auth()).without_replay().layer(api.clone());
    api.refuse("token-1");
    let response = send(&mut client, post(ORIGIN, OneShot::new())).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!((api.got().len(), source.fetches()), (1, 2));
    assert!(api.got()[0].body == OneShot::whole());
    assert_eq!(send(&mut client, post(ORIGIN, OneShot::new())).await.unwrap().status(), StatusCode::OK);
    assert_eq!(api.authorizations()[1], Some("Bearer token-2".into()));
}

#[tokio::test]
async fn by_default_empty_bodies_are_sent_again_whatever_the_method_and_others_are_not() {
    for (method, body, sendings) in [
        (Method::GET, "", 2),
        (Method::POST, "", 2),
        (Method::DELETE, "", 2),
        (Method::POST, "a body", 1),
        (Method::GET, "a body", 1),
    ] {
        let api = Api::default();
        let mut client = AuthLayer::new(Counting::default().auth()).layer(api.clone());
        api.refuse("token-1");
        let request = Request::builder().method(&method).uri(ORIGIN).body(Body::from(body)).unwrap();
        send(&mut client, request).await.unwrap();
        assert_eq!(api.got().len(), sendings, "{method} {body:?}");
        assert!(api.got().iter().all(|got| got.body == body && got.method == method));
    }
}

#[tokio::test]
async fn replay_if_narrows_by_what_the_request_says_and_widens_nothing() {
    for (method, body, sendings) in [(Method::GET, "", 2), (Method::PUT, "", 1), (Method::GET, "a body", 1)] {
        let api = Api::default();
        let layer = AuthLayer::new(Counting::default().auth()).replay_if(|method, _| method.is_safe());
        let mut client = layer.layer(api.clone());
        api.refuse("token-1");
        let request = Request::builder().method(&method).uri(ORIGIN).body(Body::from(body)).unwrap();
        send(&mut client, request).await.unwrap();
        assert_eq!(api.got().len(), sendings, "{method} {body:?}");
    }
}

#[tokio::test]
async fn replay_if_goes_with_cloned_bodies_too() {
    for (idempotent, sendings) in [(true, 2), (false, 1)] {
        let api = Api::default();
        let layer = AuthLayer::new(Counting::default().auth()).replay(Cloned);
        let mut client = layer.replay_if(|_, headers| headers.contains_key("idempotency-key")).layer(api.clone());
        api.refuse("token-1");
        let mut request = post(ORIGIN, Body::from("a body"));
        if idempotent {
            request.headers_mut().insert("idempotency-key", http::HeaderValue::from_static("1"));
        }
        send(&mut client, request).await.unwrap();
        assert_eq!(api.got().iter().map(|got| &got.body[..]).collect::<Vec<_>>(), vec![b"a body"; sendings]);
    }
}

#[tokio::test]
async fn the_second_sending_carries_one_header_and_the_extensions_of_the_first() {
    #[derive(Clone, Debug, PartialEq)]
    struct TraceId(u32);
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (api, log) = (Api::default(), std::sync::Arc::clone(&seen));
    let inner = tower::ServiceBuilder::new()
        .map_request(move |request: Request<Body>| {
            log.lock().unwrap().push(request.extensions().get::<TraceId>().cloned());
            request
        })
        .service(api.clone());
    let mut client = AuthLayer::new(Counting::default().auth()).replay(WhenEmpty).layer(inner);
    api.refuse("token-1");
    let request = Request::get(ORIGIN).extension(TraceId(7)).body(Body::default()).unwrap();
    send(&mut client, request).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [Some(TraceId(7)), Some(TraceId(7))]);
    assert!(api.got().iter().all(|got| got.headers.get_all("authorization").iter().count() == 1));
    assert!(Body::default().is_end_stream(), "what makes the default choose it");
}
