//! Bodies pass as they come, both ways, and end as they end.

use std::convert::Infallible;

use auth_emulator::Emulator;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::channel::{Channel, Sender};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::sync::mpsc;

use super::rig::{Proxy, client};
use super::upstream::{Body, Upstream, whole};

const PART: usize = 1024 * 1024;
const PARTS: usize = 64;

/// A body that its sender writes.
fn written() -> (Sender<Bytes, Infallible>, Body) {
    let (sender, body) = Channel::<Bytes, Infallible>::new(1);
    (sender, body.boxed())
}

/// An upstream whose answer the test writes, and hears when its reader has gone.
async fn answering() -> (Upstream, mpsc::UnboundedReceiver<Sender<Bytes, Infallible>>) {
    let (senders, receiver) = mpsc::unbounded_channel();
    let upstream = Upstream::start(move |_| {
        let (sender, body) = written();
        senders.send(sender).unwrap();
        async move { Response::new(body) }
    })
    .await;
    (upstream, receiver)
}

async fn next(body: &mut Incoming) -> Bytes {
    body.frame().await.unwrap().unwrap().into_data().unwrap()
}

#[tokio::test]
async fn an_event_is_there_before_the_next_is_made() {
    let emulator = Emulator::start().await.unwrap();
    let (upstream, mut answers) = answering().await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    let request = proxy.request("GET", "/events").header("accept", "text/event-stream");
    let answer = client().request(request.body(Default::default()).unwrap()).await.unwrap();
    let (mut events, mut body) = (answers.recv().await.unwrap(), answer.into_body());
    for number in 0..5 {
        let event = format!("data: {number}\n\n");
        events.send_data(event.clone().into()).await.unwrap();
        assert_eq!(next(&mut body).await, event);
    }
    drop(events);
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn a_large_body_passes_while_it_is_made_both_ways() {
    let emulator = Emulator::start().await.unwrap();
    // An echo, which has answered before it has read.
    let upstream = Upstream::start(|request: Request<Incoming>| async move {
        Response::new(request.into_body().map_err(|error| -> Infallible { panic!("{error}") }).boxed())
    })
    .await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    let (mut sender, body) = written();
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let answer = client.request(proxy.request("POST", "/echo").body(body).unwrap()).await.unwrap();
    let mut echo = answer.into_body();
    let part = Bytes::from(vec![7; PART]);
    // Each part has come back before the next is sent, so nothing waits for the whole.
    for _ in 0..PARTS {
        sender.send_data(part.clone()).await.unwrap();
        let mut back = 0;
        while back < PART {
            back += next(&mut echo).await.len();
        }
        assert_eq!(back, PART);
    }
    drop(sender);
    assert!(echo.frame().await.is_none());
    let sum = (PART * PARTS) as f64;
    assert_eq!(proxy.metric("authctl_proxy_request_bytes_total").await, sum);
    assert_eq!(proxy.metric("authctl_proxy_response_bytes_total").await, sum);
}

#[tokio::test]
async fn an_upload_may_take_longer_than_the_timeout_as_long_as_it_moves() {
    let emulator = Emulator::start().await.unwrap();
    let upstream = Upstream::start(|request: Request<Incoming>| async move {
        let all = request.into_body().collect().await.unwrap().to_bytes();
        Response::new(whole(all.len().to_string()))
    })
    .await;
    let proxy = Proxy::to(upstream.address, &emulator, "--timeout 1s").await;
    let (mut sender, body) = written();
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let answer = tokio::spawn(client.request(proxy.request("POST", "/x").body(body).unwrap()));
    let mut pause = tokio::time::interval(std::time::Duration::from_millis(500));
    for _ in 0..5 {
        pause.tick().await;
        sender.send_data(Bytes::from_static(b"12345")).await.unwrap();
    }
    drop(sender);
    let answer = answer.await.unwrap().unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "25");
}

#[tokio::test]
async fn a_body_that_the_upstream_does_not_finish_is_an_error_and_does_not_look_whole() {
    let emulator = Emulator::start().await.unwrap();
    let (upstream, mut answers) = answering().await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    let answer = client().request(proxy.request("GET", "/x").body(Default::default()).unwrap()).await.unwrap();
    let (mut events, mut body) = (answers.recv().await.unwrap(), answer.into_body());
    events.send_data("half".into()).await.unwrap();
    assert_eq!(next(&mut body).await, "half");
    drop(upstream);
    assert!(body.frame().await.unwrap().is_err());
    assert_eq!(proxy.metric("authctl_proxy_responses_cut_total").await, 1.0);
}

#[tokio::test]
async fn what_the_caller_has_given_up_is_given_up_at_the_upstream() {
    let emulator = Emulator::start().await.unwrap();
    let (upstream, mut answers) = answering().await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let answer = client.request(proxy.request("GET", "/x").body(Empty::new()).unwrap()).await.unwrap();
    let mut events = answers.recv().await.unwrap();
    drop((answer, client));
    // Fails once the reader has gone.
    while events.send_data("on and on".into()).await.is_ok() {}
    assert_eq!(proxy.metric("authctl_proxy_requests_in_flight").await, 0.0);
}

/// An echo that has read the whole before it answers.
async fn echoing() -> Upstream {
    Upstream::start(|request: Request<Incoming>| async move {
        let all = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        Response::new(whole(all))
    })
    .await
}

fn chunked(proxy: &Proxy, method: &str, chunks: &str) -> String {
    let (host, secret) = (proxy.address(), &proxy.secret);
    let head = format!("{method} /x HTTP/1.1\r\nhost: {host}\r\nx-authctl-secret: {secret}\r\nconnection: close");
    format!("{head}\r\ntransfer-encoding: chunked\r\n\r\n{chunks}")
}

#[tokio::test]
async fn a_body_of_a_get_passes_though_nobody_knows_its_length() {
    let emulator = Emulator::start().await.unwrap();
    let upstream = echoing().await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    let answer = proxy.raw(&chunked(&proxy, "GET", "6\r\nlonely\r\n0\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("lonely"), "{answer}");
    let (mut sender, body) = written();
    let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Body>();
    let request = proxy.request("GET", "/x").version(http::Version::HTTP_2).body(body).unwrap();
    let answer = tokio::spawn(client.request(request));
    sender.send_data("lonely".into()).await.unwrap();
    drop(sender);
    let answer = answer.await.unwrap().unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "lonely");
}

#[tokio::test]
async fn a_body_that_the_caller_spoils_is_the_callers_fault() {
    let emulator = Emulator::start().await.unwrap();
    let upstream = echoing().await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    let answer = proxy.raw(&chunked(&proxy, "POST", "6\r\nlonely\r\nzz\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("bad_body"), "{answer}");
}
