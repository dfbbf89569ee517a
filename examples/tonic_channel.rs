//! A tonic channel behind `AuthLayer`. Its URIs have a path only, so the authenticator is bound to the connection; with
//! `grpc()` an `UNAUTHENTICATED` is a 401, and a unary call, once buffered, is sent again with a newer token.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;

use auth_tower::core::{Authenticator, Reason, Token, source_fn};
use auth_tower::{AuthLayer, Cloned};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use tonic::transport::{Channel, Server, server::TcpIncoming};
use tonic::{Status, body::Body, service::interceptor::InterceptedService};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tower::ServiceBuilder;

type Request<B> = http::Request<B>;

/// A message to be sent twice has to be there twice: collects a unary call's body, which is small.
async fn buffer(request: Request<Body>) -> Result<Request<Full<Bytes>>, Status> {
    let (parts, body) = request.into_parts();
    Ok(Request::from_parts(parts, Full::new(body.collect().await?.to_bytes())))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    // The health service every gRPC server has, here behind a check that takes `token-2` only.
    let check = |request: tonic::Request<()>| match request.metadata().get("authorization") {
        Some(token) if token == "Bearer token-2" => Ok(request),
        _ => Err(Status::unauthenticated("another token, please")),
    };
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse()?)?;
    let origin = format!("http://{}", incoming.local_addr()?);
    let (_reporter, health) = tonic_health::server::health_reporter();
    let server = Server::builder().add_service(InterceptedService::new(health, check));
    tokio::spawn(server.serve_with_incoming(incoming));

    // The first token is no good, as if it had been revoked.
    let source =
        source_fn(
            |cx| async move { Ok(Token::bearer(if cx.reason() == Reason::First { "token-1" } else { "token-2" })) },
        );
    let auth = Authenticator::builder(source).connection_bound(&origin).build()?;

    let channel = Channel::from_shared(origin)?.connect().await?;
    let channel = ServiceBuilder::new()
        .filter_async(buffer)
        .layer(AuthLayer::new(auth.clone()).grpc().replay(Cloned))
        .map_request(|request: Request<Full<Bytes>>| {
            println!("sent {}", request.uri());
            assert!(request.uri().authority().is_none());
            request.map(Body::new)
        })
        .service(channel);

    let answer = HealthClient::new(channel).check(HealthCheckRequest::default()).await?;
    println!("{:?}, with token {:?}", answer.get_ref().status(), auth.status().generation());
    assert_eq!(auth.status().generation(), Some(2));
    Ok(())
}
