//! What is rewritten on the way: headers of a connection, the host, redirects.

use auth_emulator::Emulator;
use http::Response;

use super::rig::{Proxy, send};
use super::upstream::Upstream;

#[tokio::test]
async fn what_belongs_to_a_connection_ends_with_it_both_ways() {
    let emulator = Emulator::start().await.unwrap();
    let (upstream, mut seen) = Upstream::recording(|_| {
        let answer = Response::builder().status(201).header("connection", "x-hop").header("x-hop", "1");
        let answer =
            answer.header("keep-alive", "timeout=9").header("proxy-authenticate", "Basic").header("x-end", "2");
        answer
            .header("alt-svc", "h3=\":443\"")
            .header("set-cookie", "a=b; Domain=api.example")
            .header("set-cookie", "c=d")
    })
    .await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    let request = proxy.request("GET", "/a%20b/c?d=e").header("connection", "close, x-hop").header("x-hop", "1");
    let request =
        request.header("proxy-authorization", "Basic eDp5").header("keep-alive", "5").header("upgrade", "h2c");
    let request = request.header("te", "trailers, deflate").header("x-end", "2").header("cookie", "a=b");
    let answer = send(request.header("x-forwarded-for", "192.0.2.1")).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.headers["x-end"], "2");
    assert_eq!(answer.headers.get_all("set-cookie").iter().collect::<Vec<_>>(), ["a=b; Domain=api.example", "c=d"]);
    for gone in ["x-hop", "keep-alive", "proxy-authenticate", "alt-svc"] {
        assert!(!answer.headers.contains_key(gone), "{gone}");
    }
    let sent = seen.recv().await.unwrap();
    assert_eq!(sent.uri.path_and_query().unwrap(), "/a%20b/c?d=e");
    let mut names: Vec<_> = sent.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["authorization", "cookie", "host", "te", "x-end", "x-forwarded-for"], "and nothing is added");
    assert_eq!(sent.headers["host"], upstream.address.to_string());
    assert_eq!(
        (&sent.headers["te"], &sent.headers["x-forwarded-for"]),
        (&"trailers".parse().unwrap(), &"192.0.2.1".parse().unwrap())
    );
}

#[tokio::test]
async fn redirects_stay_inside_the_proxy_or_lead_away_without_the_credential() {
    let emulator = Emulator::start().await.unwrap();
    let (elsewhere, mut other) = Upstream::recording(|_| Response::builder()).await;
    let (upstream, _seen) = Upstream::recording(|uri| {
        let to = uri.query().unwrap().to_owned();
        Response::builder().status(307).header("location", to)
    })
    .await;
    let base = format!("http://{}", upstream.address);
    let proxy = Proxy::of(&emulator, &format!("--upstream {base}/v1")).await;
    let location =
        async |to: &str| proxy.get(&format!("/x?{to}")).await.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(location(&format!("{base}/v1/next?page=2")).await, "/next?page=2");
    assert_eq!(location("/v1/next").await, "/next");
    assert_eq!(location("next").await, "next");
    assert_eq!(location("/login").await, format!("{base}/login"), "not below the base URL, so not through the proxy");
    let away = format!("http://{}/next", elsewhere.address);
    assert_eq!(location(&away).await, away);
    assert!(other.try_recv().is_err(), "redirects are passed back, not followed");
}

#[tokio::test]
async fn no_path_leaves_the_upstreams_base_url() {
    let emulator = Emulator::start().await.unwrap();
    let (upstream, mut seen) = Upstream::recording(|_| Response::builder()).await;
    let proxy = Proxy::of(&emulator, &format!("--upstream http://{}/v1", upstream.address)).await;
    let raw = async |path: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nx-authctl-secret: {}", proxy.address(), proxy.secret);
        proxy.raw(&format!("{head}\r\nconnection: close\r\n\r\n")).await
    };
    for outside in ["/../admin", "/a/../../admin", "/%2e%2e/admin", "/..%2fadmin", "*"] {
        assert!(raw(outside).await.starts_with("HTTP/1.1 400 "), "{outside}");
    }
    assert!(raw("//evil.example/x").await.starts_with("HTTP/1.1 200 "));
    assert_eq!(seen.recv().await.unwrap().uri.path(), "/v1//evil.example/x");
    assert!(seen.try_recv().is_err());
}
