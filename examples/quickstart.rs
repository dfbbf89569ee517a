//! An API key against the embedded emulator: first fetch, cached requests, an early refresh while 50 requests run, an
//! outage that nobody notices, and a revocation answered by one refetch and a replay.

#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::time::{Duration, Instant};

use auth_emulator::{Answer, Emulator, Fault, Gate, StatusCode};
use auth_tower::core::{Authenticator, Event, Outcome, Stage, exchange::TokenEndpoint, sources::ApiKey};
use auth_tower::{AuthLayer, HyperTransport};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tower::{Layer, Service, ServiceExt};

type Body = Full<Bytes>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let start = Instant::now();
    let say = move |text: &str| println!("{:>6.2} s  {text}", start.elapsed().as_secs_f64());

    // Tokens that live 6 seconds, so that an hour's story takes a few.
    let emulator = Emulator::builder().with_token_lifetime(Duration::from_secs(6)).start().await?;
    // What a program writes: a source, where its tokens may go, and a layer around the client it already has.
    let key = ApiKey::new(TokenEndpoint::parse(&emulator.token_url())?, Emulator::API_KEY)?;
    let auth = Authenticator::builder(key)
        .for_origins([emulator.url()])
        .transport(HyperTransport::new())
        .listener(move |event| match event {
            Event::Acquired { generation, .. } => say(&format!("         token {generation} acquired")),
            Event::RefreshFailed { error, serving, .. } => {
                say(&format!("         refresh failed: {error}; the old token serves: {serving}"));
            }
            Event::Rejected { generation, .. } => say(&format!("         token {generation} was answered 401")),
            _ => {}
        })
        .build()?;
    let client = AuthLayer::new(auth.clone()).layer(Client::builder(TokioExecutor::new()).build_http::<Body>());
    let url = format!("{}/api/items", emulator.url());
    let send = || send(client.clone(), url.clone());

    say("tokens live 6 s here; the first request fetches one");
    send().await?;
    say("100 more: from the cache");
    for _ in 0..100 {
        send().await?;
    }
    check("token requests", emulator.token_request_count(), 1)?;

    wait_until_refresh_is_due(&auth).await;
    say("a refresh is due, and the token endpoint hangs; 50 requests go on");
    let gate = Gate::new();
    emulator.token_faults().once(Fault::Hold(gate.clone()));
    let requests: Vec<_> = (0..50).map(|_| tokio::spawn(send())).collect();
    for request in requests {
        request.await??;
    }
    gate.open();
    say("all 50 answered; now the endpoint answers too");
    wait_until_refreshed(&auth, 2).await?;
    check("token requests", emulator.token_request_count(), 2)?;

    wait_until_refresh_is_due(&auth).await;
    say("a refresh is due, and the token endpoint is down");
    emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    while auth.status().last_error().is_none() {
        send().await?; // every one of them is answered
    }
    say("it is up again");
    emulator.clear_faults();
    wait_until_refreshed(&auth, 3).await?;

    say("somebody revokes the token");
    emulator.revoke_all();
    let before = emulator.token_request_count();
    let outcome = send().await?.ok_or("an outcome was expected")?;
    check("token requests for it", emulator.token_request_count() - before, 1)?;
    check("sent again", usize::from(outcome.is_replayed()), 1)?;

    let refused = emulator.api_requests().iter().filter(|request| request.status() != Some(StatusCode::OK)).count();
    check("API requests answered 401", refused, 1)?;
    say(&format!("{} requests to the API, and no caller saw a failure", emulator.api_request_count()));
    Ok(())
}

/// One request, which must succeed.
async fn send<S, T>(mut client: S, url: String) -> Result<Option<Outcome>, Box<dyn Error + Send + Sync>>
where
    S: Service<Request<Body>, Response = http::Response<T>, Error: Error + Send + Sync + 'static>,
{
    let request = Request::get(url).body(Body::default())?;
    let response = client.ready().await?.call(request).await?;
    if !response.status().is_success() {
        return Err(format!("answered {}", response.status()).into());
    }
    Ok(response.extensions().get::<Outcome>().cloned())
}

async fn wait_until_refresh_is_due(auth: &Authenticator) {
    while auth.status().stage() == Stage::Fresh {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn wait_until_refreshed(auth: &Authenticator, generation: u64) -> Result<(), auth_tower::core::Error> {
    while auth.status().generation() < Some(generation) {
        auth.warm_up().await?; // any caller will do
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

fn check(what: &str, got: usize, expected: usize) -> Result<(), String> {
    println!("           {what}: {got}");
    if got == expected { Ok(()) } else { Err(format!("{what}: expected {expected}, got {got}")) }
}
