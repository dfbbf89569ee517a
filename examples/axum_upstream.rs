//! An axum server whose handler calls an upstream API: the authenticated client lives in the state, each request clones
//! it, and all of them share one token.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;

use auth_emulator::Emulator;
use auth_tower::core::{Authenticator, exchange::TokenEndpoint, sources::ApiKey};
use auth_tower::{Auth, AuthLayer, HyperTransport};
use axum::{Router, body::Body, extract::State, routing::get};
use http::{Request, Response, StatusCode};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tower::{Layer, Service, ServiceExt};

#[derive(Clone)]
struct App {
    upstream: Auth<Client<HttpConnector, Body>>,
    url: String,
}

async fn items(State(mut app): State<App>) -> Result<Response<Body>, (StatusCode, String)> {
    let request = Request::get(format!("{}/items", app.url)).body(Body::empty());
    let request = request.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let upstream = app.upstream.ready().await.map_err(unavailable)?;
    Ok(upstream.call(request).await.map_err(unavailable)?.map(Body::new))
}

/// No token, and nothing was sent; or the upstream can't be reached. Neither message holds a secret.
fn unavailable<E: Error + 'static>(error: auth_tower::Error<E>) -> (StatusCode, String) {
    match error.auth() {
        Some(auth) if !auth.is_transient() => (StatusCode::INTERNAL_SERVER_ERROR, auth.to_string()),
        _ => (StatusCode::BAD_GATEWAY, error.to_string()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let emulator = Emulator::start().await?;
    let key = ApiKey::new(TokenEndpoint::parse(&emulator.token_url())?, Emulator::API_KEY)?;
    let auth = Authenticator::builder(key).for_origins([emulator.url()]).transport(HyperTransport::new()).build()?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let app = App { upstream: AuthLayer::new(auth).layer(client.clone()), url: emulator.api_url() };

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let server = format!("http://{}/items", listener.local_addr()?);
    let router = Router::new().route("/items", get(items)).with_state(app);
    tokio::spawn(async { axum::serve(listener, router).await });

    // Our own callers send no token; they need none for this server.
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(client.get(server.parse().expect("it has a host")))).collect();
    for call in calls {
        assert_eq!(call.await??.status(), StatusCode::OK);
    }
    let (upstream, tokens) = (emulator.api_request_count(), emulator.token_request_count());
    println!("20 calls at once: {upstream} requests to the upstream, {tokens} to the token endpoint");
    assert_eq!((upstream, tokens), (20, 1));
    Ok(())
}
