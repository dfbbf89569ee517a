//! tonic's channels.

use std::sync::{Arc, Mutex};

use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, ErrorKind, Outcome};
use auth_tower::{Auth, AuthLayer, Cloned};
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use tonic::body::Body;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Server, server::TcpIncoming};
use tonic::{Code, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tower::{Layer, ServiceBuilder, ServiceExt};

use super::fixture::send;
use crate::rig::Counting;

/// The health service behind a check of the token, and what came in.
struct Grpc {
    origin: String,
    channel: Channel,
    tokens: Arc<Mutex<Vec<String>>>,
    refused: Arc<Mutex<Vec<String>>>,
}

impl Grpc {
    async fn start() -> Self {
        let (tokens, refused) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (seen, list) = (Arc::clone(&tokens), Arc::clone(&refused));
        let check = move |request: tonic::Request<()>| {
            let token = request.metadata().get("authorization").map(|token| token.to_str().unwrap().to_owned());
            let token = token.ok_or_else(|| Status::unauthenticated("no token"))?;
            seen.lock().unwrap().push(token.clone());
            if list.lock().unwrap().contains(&token) {
                return Err(Status::unauthenticated("a revoked token"));
            }
            Ok(request)
        };
        let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let origin = format!("http://{}", incoming.local_addr().unwrap());
        let (_, health) = tonic_health::server::health_reporter();
        let server = Server::builder().add_service(InterceptedService::new(health, check));
        tokio::spawn(server.serve_with_incoming(incoming));
        let channel = Channel::from_shared(origin.clone()).unwrap().connect_lazy();
        Self { origin, channel, tokens, refused }
    }

    fn refuse(&self, token: &str) {
        self.refused.lock().unwrap().push(format!("Bearer {token}"));
    }

    fn tokens(&self) -> Vec<String> {
        self.tokens.lock().unwrap().clone()
    }

    fn auth(&self, source: &Counting) -> Authenticator {
        source.builder().connection_bound(&self.origin).build().unwrap()
    }
}

#[tokio::test]
async fn a_channels_requests_have_a_path_only_and_carry_the_token() {
    let (grpc, source) = (Grpc::start().await, Counting::default());
    let uris = Arc::<Mutex<Vec<Uri>>>::default();
    let seen = Arc::clone(&uris);
    let channel = ServiceBuilder::new()
        .layer(AuthLayer::new(grpc.auth(&source)).grpc())
        .map_request(move |request: Request<Body>| {
            seen.lock().unwrap().push(request.uri().clone());
            request
        })
        .service(grpc.channel.clone());
    let mut client = HealthClient::new(channel);
    for _ in 0..3 {
        let answer = client.check(HealthCheckRequest::default()).await.unwrap();
        assert_eq!(answer.get_ref().status(), ServingStatus::Serving);
    }
    assert!(uris.lock().unwrap().iter().all(|uri| uri.authority().is_none()));
    assert_eq!(grpc.tokens(), ["Bearer token-1"; 3]);
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn a_channel_with_an_origin_works_with_for_origins_too() {
    let (grpc, source) = (Grpc::start().await, Counting::default());
    let auth = source.builder().for_origins([&grpc.origin]).build().unwrap();
    let channel = AuthLayer::new(auth.clone()).grpc().layer(grpc.channel.clone());
    let origin = grpc.origin.parse().unwrap();
    HealthClient::with_origin(channel.clone(), origin).check(HealthCheckRequest::default()).await.unwrap();
    // And without one it is told what to do.
    let status = HealthClient::new(channel).check(HealthCheckRequest::default()).await.unwrap_err();
    assert!(status.message().contains("connection_bound"), "{status}");
    assert_eq!(grpc.tokens(), ["Bearer token-1"]);
}

#[tokio::test]
async fn an_unauthenticated_unary_call_passes_once_and_the_next_has_a_new_token() {
    let (grpc, source) = (Grpc::start().await, Counting::default());
    let auth = grpc.auth(&source);
    let mut client = HealthClient::new(AuthLayer::new(auth.clone()).grpc().layer(grpc.channel.clone()));
    grpc.refuse("token-1");
    let status = client.check(HealthCheckRequest::default()).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "a revoked token"));
    client.check(HealthCheckRequest::default()).await.unwrap();
    assert_eq!(grpc.tokens(), ["Bearer token-1", "Bearer token-2"]);
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn a_buffered_unary_call_is_sent_again_byte_for_byte() {
    async fn buffer(request: Request<Body>) -> Result<Request<Full<Bytes>>, Status> {
        let (parts, body) = request.into_parts();
        Ok(Request::from_parts(parts, Full::new(body.collect().await?.to_bytes())))
    }
    let (grpc, source) = (Grpc::start().await, Counting::default());
    let channel = ServiceBuilder::new()
        .filter_async(buffer)
        .layer(AuthLayer::new(grpc.auth(&source)).grpc().replay(Cloned))
        .map_request(|request: Request<Full<Bytes>>| request.map(Body::new))
        .service(grpc.channel.clone());
    grpc.refuse("token-1");
    // A service that the server does not have, so that the answer shows that the message arrived.
    let request = HealthCheckRequest { service: "no.such.Service".into() };
    let status = HealthClient::new(channel.clone()).check(request).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    HealthClient::new(channel).check(HealthCheckRequest::default()).await.unwrap();
    assert_eq!(grpc.tokens(), ["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
}

#[tokio::test]
async fn without_being_told_a_grpc_status_is_no_401() {
    let (grpc, source) = (Grpc::start().await, Counting::default());
    let auth = grpc.auth(&source);
    let mut client = HealthClient::new(AuthLayer::new(auth.clone()).layer(grpc.channel.clone()));
    grpc.refuse("token-1");
    assert_eq!(client.check(HealthCheckRequest::default()).await.unwrap_err().code(), Code::Unauthenticated);
    assert!(!auth.status().is_suspect());
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn a_call_that_streams_its_answer_is_authenticated_too() {
    let (grpc, source) = (Grpc::start().await, Counting::default());
    let mut client = HealthClient::new(AuthLayer::new(grpc.auth(&source)).grpc().layer(grpc.channel.clone()));
    let mut answers = client.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(answers.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    assert_eq!(grpc.tokens(), ["Bearer token-1"]);
}

#[tokio::test]
async fn a_failed_acquisition_is_the_calls_status_and_nothing_is_sent() {
    let (grpc, source) = (Grpc::start().await, Counting::default());
    source.fail_once(auth_core::Error::misconfigured("the key is not set"));
    let mut client = HealthClient::new(AuthLayer::new(grpc.auth(&source)).grpc().layer(grpc.channel.clone()));
    let status = client.check(HealthCheckRequest::default()).await.unwrap_err();
    assert!(status.message().contains("the key is not set"), "{status}");
    assert!(grpc.tokens().is_empty());
}

#[tokio::test]
async fn only_the_status_16_in_the_headers_is_a_401() {
    for (status, rejected) in [("16", true), ("7", false), ("0", false), ("160", false)] {
        let server = tower::service_fn(move |_: Request<Full<Bytes>>| async move {
            let response = Response::builder().header("grpc-status", status);
            Ok::<_, std::convert::Infallible>(response.body(Full::<Bytes>::default()).unwrap())
        });
        let auth = Counting::default().builder().connection_bound("https://api.example.com").build().unwrap();
        let mut client: Auth<_, _> = AuthLayer::new(auth).grpc().without_replay().layer(server);
        let request = Request::post("/service/method").body(Full::default()).unwrap();
        let response = send(&mut client, request).await.unwrap();
        assert_eq!(response.extensions().get::<Outcome>().is_some_and(Outcome::is_rejected), rejected, "{status}");
    }
}

#[tokio::test]
async fn a_channel_bound_to_plain_http_elsewhere_gets_no_token() {
    let auth = Authenticator::builder(Counting::default()).connection_bound("http://grpc.example.com:50051");
    let auth = auth.runtime(FakeRuntime::new()).build().unwrap();
    let channel = Channel::from_static("http://grpc.example.com:50051").connect_lazy();
    let client = AuthLayer::new(auth).grpc().layer(channel);
    let request = Request::post("/service/method").body(Body::empty()).unwrap();
    let error = client.oneshot(request).await.unwrap_err();
    assert_eq!(error.auth().unwrap().kind(), ErrorKind::InsecureTransport);
}
