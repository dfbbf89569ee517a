//! What the quickstarts tell, whatever sends the requests: a first fetch, cached requests, an early refresh while 50
//! requests run, an outage that nobody notices, and a revocation answered by one refetch and a replay.

#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::future::Future;
use std::time::{Duration, Instant};

use auth_core::{Authenticator, Event, Outcome, Stage};
use auth_emulator::{Answer, Emulator, Fault, Gate, StatusCode};

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Tokens that live 6 seconds, so that an hour's story takes a few.
pub(crate) async fn emulator() -> Result<Emulator, Failure> {
    Ok(Emulator::builder().with_token_lifetime(Duration::from_secs(6)).start().await?)
}

/// Prints what the authenticator tells of itself.
pub(crate) fn listener() -> impl Fn(&Event) + Send + Sync + 'static {
    let say = speaker();
    move |event| match event {
        Event::Acquired { generation, .. } => say(&format!("         token {generation} acquired")),
        Event::RefreshFailed { error, serving, .. } => {
            say(&format!("         refresh failed: {error}; the old token serves: {serving}"));
        }
        Event::Rejected { generation, .. } => say(&format!("         token {generation} was answered 401")),
        _ => {}
    }
}

/// `send` sends one request, which must succeed, and returns what its response says of it.
pub(crate) async fn tell<F>(emulator: &Emulator, auth: &Authenticator, send: impl Fn() -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<Option<Outcome>, Failure>> + Send + 'static,
{
    let say = speaker();
    say("tokens live 6 s here; the first request fetches one");
    send().await?;
    say("100 more: from the cache");
    for _ in 0..100 {
        send().await?;
    }
    check("token requests", emulator.token_request_count(), 1)?;

    wait_until_refresh_is_due(auth).await;
    say("a refresh is due, and the token endpoint hangs; 50 requests go on");
    let gate = Gate::new();
    emulator.token_faults().once(Fault::Hold(gate.clone()));
    let requests: Vec<_> = (0..50).map(|_| tokio::spawn(send())).collect();
    for request in requests {
        request.await??;
    }
    gate.open();
    say("all 50 answered; now the endpoint answers too");
    wait_until_refreshed(auth, 2).await?;
    check("token requests", emulator.token_request_count(), 2)?;

    wait_until_refresh_is_due(auth).await;
    say("a refresh is due, and the token endpoint is down");
    emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    while auth.status().last_error().is_none() {
        send().await?; // every one of them is answered
    }
    say("it is up again");
    emulator.clear_faults();
    wait_until_refreshed(auth, 3).await?;

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

async fn wait_until_refresh_is_due(auth: &Authenticator) {
    while auth.status().stage() == Stage::Fresh {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn wait_until_refreshed(auth: &Authenticator, generation: u64) -> Result<(), auth_core::Error> {
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

/// Prints a line with the time since the program's first one.
fn speaker() -> impl Fn(&str) + Send + Sync + 'static {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let start = *START.get_or_init(Instant::now);
    move |text| println!("{:>6.2} s  {text}", start.elapsed().as_secs_f64())
}
