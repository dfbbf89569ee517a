//! An authenticated reqwest client: a token revoked under way costs one more sending, a redirect to another origin is not
//! followed but returned, and a plain client authenticates one request with `send_with`.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;

use auth_emulator::{Emulator, Fault, Origin, StatusCode};
use auth_reqwest::core::{Authenticator, Outcome, exchange::TokenEndpoint, sources::ApiKey};
use auth_reqwest::{ClientExt, RequestBuilderExt, ReqwestTransport, api_client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let emulator = Emulator::start().await?;
    let key = ApiKey::new(TokenEndpoint::parse(&emulator.token_url())?, Emulator::API_KEY)?;
    let auth = Authenticator::builder(key)
        .for_origins([emulator.url()]) // the token goes nowhere else
        .transport(ReqwestTransport::new()?)
        .build()?;
    let plain = api_client().build()?;
    let client = plain.clone().authenticated(auth.clone());
    let items = format!("{}/items", emulator.api_url());

    let response = client.get(&items).send().await?;
    println!("a usual request: {}, and no outcome to speak of", response.status());
    assert!(response.status().is_success() && response.extensions().get::<Outcome>().is_none());

    emulator.revoke_all();
    let response = client.post(&items).body("a POST too: a 401 says that it was not applied").send().await?;
    let outcome = response.extensions().get::<Outcome>().ok_or("an outcome was expected")?;
    println!("a revoked token: {}, replayed: {}", response.status(), outcome.is_replayed());
    assert!(response.status().is_success() && outcome.is_replayed());

    emulator.api_faults().once(Fault::Redirect { status: StatusCode::FOUND, to: Origin::Other });
    let response = client.get(&items).send().await?;
    println!("a redirect to another origin: {}, not followed", response.status());
    assert!(response.status() == StatusCode::FOUND && emulator.other_requests().is_empty());

    let response = plain.get(&items).send_with(&auth).await?;
    println!("a plain client, one request: {}", response.status());
    assert!(response.status().is_success());
    println!("{} token requests, {} API requests", emulator.token_request_count(), emulator.api_request_count());
    Ok(())
}
