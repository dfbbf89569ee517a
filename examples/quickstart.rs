//! An API key against the embedded emulator, behind hyper's client: first fetch, cached requests, an early refresh while
//! 50 requests run, an outage that nobody notices, and a revocation answered by one refetch and a replay.
//! `quickstart_reqwest` is the same with reqwest.

mod story;

use auth_emulator::Emulator;
use auth_tower::core::{Authenticator, Outcome, exchange::TokenEndpoint, sources::ApiKey};
use auth_tower::{AuthLayer, HyperTransport};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use story::Failure;
use tower::{Layer, Service, ServiceExt};

type Body = Full<Bytes>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let emulator = story::emulator().await?;

    // What a program writes: a source, where its tokens may go, and a layer around the client it already has.
    let key = ApiKey::new(TokenEndpoint::parse(&emulator.token_url())?, Emulator::API_KEY)?;
    let auth = Authenticator::builder(key)
        .for_origins([emulator.url()])
        .transport(HyperTransport::new())
        .listener(story::listener())
        .build()?;
    let client = AuthLayer::new(auth.clone()).layer(Client::builder(TokioExecutor::new()).build_http::<Body>());

    let url = format!("{}/items", emulator.api_url());
    story::tell(&emulator, &auth, || send(client.clone(), url.clone())).await
}

async fn send<S, T>(mut client: S, url: String) -> Result<Option<Outcome>, Failure>
where
    S: Service<Request<Body>, Response = http::Response<T>, Error: Into<Failure>>,
{
    let request = Request::get(url).body(Body::default())?;
    let response = client.ready().await.map_err(Into::into)?.call(request).await.map_err(Into::into)?;
    if !response.status().is_success() {
        return Err(format!("answered {}", response.status()).into());
    }
    Ok(response.extensions().get::<Outcome>().cloned())
}
