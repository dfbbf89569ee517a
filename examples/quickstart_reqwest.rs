//! The quickstart over reqwest: first fetch, cached requests, an early refresh while 50 requests run, an outage that nobody
//! notices, and a revocation answered by one refetch and a replay.

mod story;

use auth_emulator::Emulator;
use auth_reqwest::core::{Authenticator, Outcome, exchange::TokenEndpoint, sources::ApiKey};
use auth_reqwest::reqwest_middleware::ClientWithMiddleware;
use auth_reqwest::{ClientExt, ReqwestTransport, api_client};
use story::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let emulator = story::emulator().await?;

    // What a program writes: a source, where its tokens may go, and a client that has it inside.
    let key = ApiKey::new(TokenEndpoint::parse(&emulator.token_url())?, Emulator::API_KEY)?;
    let auth = Authenticator::builder(key)
        .for_origins([emulator.url()])
        .transport(ReqwestTransport::new()?)
        .listener(story::listener())
        .build()?;
    let client = api_client().build()?.authenticated(auth.clone());

    let url = format!("{}/items", emulator.api_url());
    story::tell(&emulator, &auth, || send(client.clone(), url.clone())).await
}

async fn send(client: ClientWithMiddleware, url: String) -> Result<Option<Outcome>, Failure> {
    let response = client.get(url).send().await?.error_for_status()?;
    Ok(response.extensions().get::<Outcome>().cloned())
}
