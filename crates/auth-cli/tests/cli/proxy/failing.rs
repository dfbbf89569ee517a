//! An upstream that is dead, mute or no TLS server.

use auth_emulator::{Emulator, Fault};
use http::Response;
use tokio::net::TcpListener;

use super::rig::Proxy;
use super::upstream::{Upstream, whole};

#[tokio::test]
async fn a_killed_upstream_is_502_in_json_and_an_answer_again_when_it_is_back() {
    let emulator = Emulator::start().await.unwrap();
    let upstream = Upstream::start(|_| async { Response::new(whole("there")) }).await;
    let address = upstream.address;
    let proxy = Proxy::to(address, &emulator, "").await;
    assert_eq!(proxy.get("/x").await.body, "there");
    drop(upstream);
    // The pooled connection first, then a new one.
    for _ in 0..2 {
        let answer = proxy.get("/x").await;
        assert!(["upstream_failed", "upstream_unreachable"].contains(&answer.json()["error"].as_str().unwrap()));
        assert_eq!(answer.status, 502);
    }
    proxy.get("/x").await.refused(502, "upstream_unreachable");
    let name = "authctl_proxy_refusals_total{error=\"upstream_unreachable\"}";
    assert!(proxy.metric(name).await >= 1.0);
}

#[tokio::test]
async fn a_connection_that_is_reset_before_the_answer_is_502() {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "").await;
    emulator.api_faults().always(Fault::Reset);
    proxy.get("/x").await.refused(502, "upstream_failed");
}

#[tokio::test]
async fn a_mute_upstream_is_504_after_the_timeout() {
    let emulator = Emulator::start().await.unwrap();
    let upstream = Upstream::start(|_| std::future::pending()).await;
    let proxy = Proxy::to(upstream.address, &emulator, "--timeout 300ms").await;
    proxy.get("/x").await.refused(504, "upstream_timeout");
}

#[tokio::test]
async fn one_that_speaks_no_tls_is_told_apart() {
    let emulator = Emulator::start().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let proxy = Proxy::of(&emulator, &format!("--upstream https://{address}")).await;
    proxy.get("/x").await.refused(502, "upstream_tls");
}
