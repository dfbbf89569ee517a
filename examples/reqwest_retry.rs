//! Retries outside, authentication innermost: each try is authenticated anew, an API's 503 is tried again, and a request
//! that can't be authenticated is neither sent nor tried again, since the token's own fetch was repeated already.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;
use std::time::Duration;

use auth_emulator::{Answer, Emulator, StatusCode};
use auth_reqwest::core::{Authenticator, ErrorKind, exchange::TokenEndpoint, sources::ApiKey};
use auth_reqwest::reqwest_middleware::ClientBuilder;
use auth_reqwest::{AuthMiddleware, ErrorExt, ReqwestTransport, api_client};
use reqwest_retry::{RetryTransientMiddleware, policies::ExponentialBackoff};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let emulator = Emulator::start().await?;
    let key = ApiKey::new(TokenEndpoint::parse(&emulator.token_url())?, Emulator::API_KEY)?;
    let transport = ReqwestTransport::new()?;
    let auth = Authenticator::builder(key).for_origins([emulator.url()]).transport(transport).build()?;

    let patience = ExponentialBackoff::builder()
        .retry_bounds(Duration::from_millis(1), Duration::from_millis(10)) // an example has little
        .build_with_max_retries(3);
    let client = ClientBuilder::new(api_client().build()?)
        .with(RetryTransientMiddleware::new_with_policy(patience)) // the first added is the outermost
        .with(AuthMiddleware::new(auth.clone()))
        .build();
    let items = format!("{}/items", emulator.api_url());

    emulator.api_faults().once(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    let response = client.get(&items).send().await?;
    println!("an API that answers 503 once: {} after {} requests", response.status(), emulator.api_request_count());
    assert!(response.status().is_success() && emulator.api_request_count() == 2);

    let refusal = Answer::new(StatusCode::BAD_REQUEST).with_body("application/json", r#"{"error":"invalid_client"}"#);
    emulator.token_faults().always(refusal);
    auth.invalidate();
    let error = client.get(&items).send().await.err().ok_or("an error was expected")?;
    let cause = error.auth().ok_or("an authentication error was expected")?;
    println!("a key that was withdrawn: {error}");
    println!("  worth another try: {}", cause.is_transient());
    assert!(cause.kind() == ErrorKind::Rejected && !cause.is_transient());
    assert_eq!((emulator.api_request_count(), emulator.token_request_count()), (2, 2));
    Ok(())
}
