//! HTTP/2 with trailers, WebSockets, Cape's handshake, TLS.

use std::convert::Infallible;
use std::sync::Arc;

use auth_emulator::Emulator;
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, Request, Response, Version};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::rig::{Proxy, collect};
use super::upstream::{Body, Upstream, whole};
use crate::rig::{User, exchanging};

/// What a gRPC server does with a call, as far as HTTP is concerned: the version it came by, the message back, a status behind it.
async fn echo_with_trailers(request: Request<Incoming>) -> Response<Body> {
    let told = request.headers().get("te").map(|te| te.to_str().unwrap().to_owned()).unwrap_or_default();
    let answer = Response::builder().header("x-version", format!("{:?}", request.version())).header("x-te", told);
    let authenticated = request.headers().contains_key("authorization");
    let message = request.into_body().collect().await.unwrap().to_bytes();
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", if authenticated { "0" } else { "16" }.parse().unwrap());
    let frames = [Frame::data(message), Frame::trailers(trailers)].map(Ok::<_, Infallible>);
    answer.body(BodyExt::boxed(StreamBody::new(futures_util::stream::iter(frames)))).unwrap()
}

async fn call(proxy: &Proxy, content_type: &str) -> (Version, HeaderMap, Option<HeaderMap>) {
    let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Full<Bytes>>();
    let request = proxy.request("POST", "/pkg.Service/Method").version(Version::HTTP_2).header("te", "trailers");
    let request = request.header("content-type", content_type).body(Full::from("a message")).unwrap();
    let (parts, body) = client.request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned();
    assert_eq!(body.to_bytes(), "a message");
    (parts.version, parts.headers, trailers)
}

#[tokio::test]
async fn a_grpc_call_passes_over_http_2_with_its_trailers() {
    let emulator = Emulator::start().await.unwrap();
    let upstream = Upstream::start(echo_with_trailers).await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    let (version, headers, trailers) = call(&proxy, "application/grpc+proto").await;
    assert_eq!(
        (version, &headers["x-version"], &headers["x-te"]),
        (Version::HTTP_2, &"HTTP/2.0".parse().unwrap(), &"trailers".parse().unwrap())
    );
    assert_eq!(trailers.unwrap()["grpc-status"], "0");
    // Others than gRPC ask for no more than HTTP/1.1 of an upstream without TLS, which may know nothing else.
    let (version, headers, _) = call(&proxy, "application/json").await;
    assert_eq!((version, &headers["x-version"]), (Version::HTTP_2, &"HTTP/1.1".parse().unwrap()));
    // And what comes by HTTP/1.1 is answered by it.
    assert_eq!(proxy.get("/x").await.headers["x-version"], "HTTP/1.1");
}

/// A certificate for 127.0.0.1, and a server with it that speaks what ALPN says.
async fn over_tls(alpn: &[&str]) -> (std::net::SocketAddr, String) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let mut config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = hyper::service::service_fn(|request| async {
                    Ok::<_, Infallible>(echo_with_trailers(request).await)
                });
                let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    (address, made.cert.pem())
}

#[tokio::test]
async fn over_tls_the_upstream_is_spoken_to_as_it_likes_and_only_if_it_is_trusted() {
    let emulator = Emulator::start().await.unwrap();
    for (alpn, version) in [(&["h2", "http/1.1"][..], "HTTP/2.0"), (&["http/1.1"], "HTTP/1.1"), (&[], "HTTP/1.1")] {
        let (address, certificate) = over_tls(alpn).await;
        let line = format!("--upstream https://{address}");
        let user = User::new().with_config(&exchanging(&emulator));
        let file = user.write("ca.pem", &certificate);
        let proxy = Proxy::start(user.with("SSL_CERT_FILE", file.to_str().unwrap()), &line).await;
        assert_eq!(proxy.get("/x").await.headers["x-version"], version);
        let (came_by, headers, trailers) = call(&proxy, "application/grpc").await;
        assert_eq!((came_by, &headers["x-version"]), (Version::HTTP_2, &version.parse().unwrap()));
        assert_eq!(
            trailers.is_some(),
            version == "HTTP/2.0",
            "hyper's HTTP/1.1 has trailers only where `Trailer` names them"
        );
        let stranger = Proxy::of(&emulator, &line).await;
        stranger.get("/x").await.refused(502, "upstream_tls");
    }
}

/// An upstream whose WebSockets echo, and which tells the subprotocols that were asked for.
async fn echoing() -> Upstream {
    Upstream::start(|mut request: Request<Incoming>| async move {
        let upgrade = hyper::upgrade::on(&mut request);
        let headers = request.headers();
        let authenticated = headers.contains_key("authorization");
        let key = tokio_tungstenite::tungstenite::handshake::derive_accept_key(headers["sec-websocket-key"].as_bytes());
        let protocols = headers.get("sec-websocket-protocol").cloned();
        tokio::spawn(async move {
            let stream = TokioIo::new(upgrade.await.unwrap());
            let role = tokio_tungstenite::tungstenite::protocol::Role::Server;
            let mut socket = tokio_tungstenite::WebSocketStream::from_raw_socket(stream, role, None).await;
            while let Some(Ok(message)) = socket.next().await {
                if message.is_close() || socket.send(message).await.is_err() {
                    return;
                }
            }
        });
        let answer = Response::builder().status(if authenticated { 101 } else { 401 });
        let answer =
            answer.header("connection", "upgrade").header("upgrade", "websocket").header("sec-websocket-accept", key);
        let answer = match protocols {
            Some(protocols) => answer.header("sec-websocket-protocol", protocols),
            None => answer,
        };
        answer.body(whole("")).unwrap()
    })
    .await
}

fn handshake(proxy: &Proxy, path: &str) -> Request<()> {
    let mut request = format!("ws://{}{path}", proxy.address()).into_client_request().unwrap();
    request.headers_mut().insert("x-authctl-secret", proxy.secret.parse().unwrap());
    request
}

#[tokio::test]
async fn a_websocket_passes_both_ways_with_its_subprotocol() {
    let emulator = Emulator::start().await.unwrap();
    let upstream = echoing().await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    let mut request = handshake(&proxy, "/socket");
    request.headers_mut().insert("sec-websocket-protocol", "chat".parse().unwrap());
    let (mut socket, answer) = tokio_tungstenite::connect_async(request).await.unwrap();
    assert_eq!(answer.headers()["sec-websocket-protocol"], "chat");
    for message in [Message::text("hello"), Message::binary(vec![7; 1 << 20])] {
        socket.send(message.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), message);
    }
    assert_eq!(proxy.metric("authctl_proxy_tunnels").await, 1.0);
    // The upstream's end is the caller's, and of the whole, whether or not the caller closes its side.
    socket.close(None).await.unwrap();
    while socket.next().await.is_some() {}
    while proxy.metric("authctl_proxy_tunnels").await != 0.0 {}
    assert!(proxy.metric("authctl_proxy_response_bytes_total").await > 1e6);
}

#[tokio::test]
async fn a_websocket_needs_the_secret_and_an_upstream_that_agrees() {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "").await;
    let refused = |error| match error {
        Error::Http(answer) => answer.status().as_u16(),
        other => panic!("{other}"),
    };
    let mut request = handshake(&proxy, "/x");
    request.headers_mut().remove("x-authctl-secret");
    assert_eq!(refused(tokio_tungstenite::connect_async(request).await.unwrap_err()), 401);
    assert_eq!(emulator.api_request_count(), 0);
    // The emulator's API answers as to any other request.
    assert_eq!(refused(tokio_tungstenite::connect_async(handshake(&proxy, "/x")).await.unwrap_err()), 200);
}

#[tokio::test]
async fn a_handshake_of_capes_carries_the_token_as_its_second_subprotocol() {
    let emulator = Emulator::start().await.unwrap();
    let login = format!("{{\"access_token\":\"{}\"}}", emulator.cape().login_token());
    let user = User::new();
    user.write(".config/cape/auth", &login);
    let proxy = Proxy::start(user, &format!("--system cape --upstream {}", emulator.cape().url())).await;
    let mut request = handshake(&proxy, "/v1/run/some-function");
    request.headers_mut().insert("sec-websocket-protocol", "cape.runtime".parse().unwrap());
    let (mut socket, answer) = tokio_tungstenite::connect_async(request).await.unwrap();
    assert_eq!(answer.headers()["sec-websocket-protocol"], "cape.runtime");
    let nonce = BASE64_STANDARD.encode("0123456789012345");
    let mut say = async |text: String| {
        socket.send(Message::text(text)).await.unwrap();
        socket.next().await.unwrap().unwrap().into_text().unwrap().to_string()
    };
    assert!(say(format!("{{\"message\":{{\"nonce\":\"{nonce}\"}}}}")).await.contains("attestation_doc"));
    assert!(say("an input".to_owned()).await.contains(&BASE64_STANDARD.encode("an input")));
    let sent = emulator.requests();
    assert_eq!(sent[0].path(), "/cape/v1/run/some-function");
    assert!(!sent[0].headers().contains_key("authorization"));
    // Its management API takes the same token as others do.
    collect(
        super::rig::client()
            .request(proxy.request("GET", "/v1/tokens").body(Default::default()).unwrap())
            .await
            .unwrap(),
    )
    .await;
    assert!(emulator.requests()[1].headers().contains_key("authorization"));
}
