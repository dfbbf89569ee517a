//! What happens to requests at the end.

use auth_emulator::Emulator;
use http::Response;
use http_body_util::BodyExt;
use tokio::sync::mpsc;

use super::rig::{Proxy, client};
use super::upstream::{Upstream, whole};

/// An upstream that answers when the test says so.
async fn waiting() -> (Upstream, mpsc::UnboundedReceiver<tokio::sync::oneshot::Sender<()>>) {
    let (asked, receiver) = mpsc::unbounded_channel();
    let upstream = Upstream::start(move |_| {
        let (go, going) = tokio::sync::oneshot::channel();
        asked.send(go).unwrap();
        async move {
            let _ = going.await;
            Response::new(whole("done"))
        }
    })
    .await;
    (upstream, receiver)
}

#[tokio::test]
async fn a_request_that_is_under_way_finishes_and_no_other_begins() {
    let emulator = Emulator::start().await.unwrap();
    let (upstream, mut asked) = waiting().await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    // A connection that is kept for more, and has none: it must not hold up the end.
    let idle = client();
    assert_eq!(
        idle.request(proxy.request("TRACE", "/x").body(Default::default()).unwrap()).await.unwrap().status(),
        405
    );
    let answer = tokio::spawn(client().request(proxy.request("GET", "/x").body(Default::default()).unwrap()));
    let go = asked.recv().await.unwrap();
    let address = proxy.address().to_owned();
    proxy.terminate();
    // The port is closed before the request has ended.
    while tokio::net::TcpStream::connect(&address).await.is_ok() {}
    go.send(()).unwrap();
    assert_eq!(answer.await.unwrap().unwrap().into_body().collect().await.unwrap().to_bytes(), "done");
    let (code, stderr) = proxy.ended().await;
    assert_eq!(code, Some(0), "{stderr}");
    assert!(!stderr.contains("cut off"), "{stderr}");
    drop(idle);
}

#[tokio::test]
async fn it_ends_when_the_grace_is_over_and_says_so() {
    let emulator = Emulator::start().await.unwrap();
    let (upstream, mut asked) = waiting().await;
    let proxy = Proxy::to(upstream.address, &emulator, "--grace 100ms").await;
    let answer = tokio::spawn(client().request(proxy.request("GET", "/x").body(Default::default()).unwrap()));
    let _go = asked.recv().await.unwrap();
    let (code, stderr) = proxy.end().await;
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("cut off: --grace"), "{stderr}");
    assert!(answer.await.unwrap().is_err());
}
