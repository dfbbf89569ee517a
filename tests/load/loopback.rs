//! Requests over sockets, while tokens live for two seconds and the API key is replaced now and then.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use auth_core::exchange::TokenEndpoint;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, Error, FetchContext, Token, TokenSource};
use auth_emulator::Emulator;

use crate::front::Front;
use crate::issuer::needed;
use crate::ledger::Ledger;
use crate::listening::{self, CANARY};
use crate::rig::{Client, Replay, get};

const AT_ONCE: usize = 64;
const LIFE: Duration = Duration::from_secs(2);
const KEY_CHANGES: Duration = Duration::from_millis(1500);
/// With fewer keys nothing would have been replaced.
const KEYS: usize = 3;
/// After so many the emulator's record is looked through and cleared.
const BATCH: usize = 10_000;

pub(crate) async fn run<F: Front>(requests: usize) -> Ledger {
    let emulator = Arc::new(Emulator::builder().with_token_lifetime(LIFE).start().await.unwrap());
    let keys = Arc::new(Keys::new(&emulator));
    let source = Rotated { keys: Arc::clone(&keys), endpoint: TokenEndpoint::parse(&emulator.token_url()).unwrap() };
    let auth = Authenticator::builder(source).for_origins([emulator.url()]).transport(F::transport()).build().unwrap();
    let client = F::client(auth, Replay::Bodies);
    let begun = Instant::now();
    let rotating = tokio::spawn({
        let keys = Arc::clone(&keys);
        let emulator = Arc::clone(&emulator);
        async move {
            loop {
                tokio::time::sleep(KEY_CHANGES).await;
                keys.replace(&emulator).await;
            }
        }
    });
    let (mut served, mut fetches, mut ledger) = (0, 0, Ledger::default());
    let mut sent = 0;
    while sent < requests || keys.count() < KEYS {
        let batch = requests.saturating_sub(sent).clamp(AT_ONCE, BATCH);
        served += send(&client, &emulator, batch).await;
        sent += batch;
        fetches += emulator.token_request_count();
        let requests = emulator.api_requests();
        let tokens: BTreeSet<&str> = requests
            .iter()
            .filter_map(|request| request.headers().get("authorization")?.to_str().ok()?.strip_prefix("Bearer "))
            .collect();
        ledger.leaked.extend(listening::leaks(tokens));
        emulator.clear();
    }
    rotating.abort();
    let took = begun.elapsed();
    let (fewest, most) = needed(LIFE, took);
    println!(
        "loopback, {}: {sent} requests, {AT_ONCE} at once, {:.1} s: {served} served; {fetches} tokens of 2 s, at least \
         {fewest} needed; {} API keys",
        F::NAME,
        took.as_secs_f64(),
        keys.count()
    );
    if served != sent {
        ledger.lost.push(format!("{}: {} requests were not served", F::NAME, sent - served));
    }
    ledger.extra = fetches.saturating_sub(fewest);
    ledger.extra_bound = most - fewest;
    ledger
}

async fn send(client: &Client, emulator: &Arc<Emulator>, requests: usize) -> usize {
    let url = format!("{}/items", emulator.api_url());
    let (left, served) = (Arc::new(AtomicUsize::new(requests)), Arc::new(AtomicUsize::new(0)));
    let callers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (client, url, left, served) = (client.clone(), url.clone(), Arc::clone(&left), Arc::clone(&served));
            tokio::spawn(async move {
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                    let answer = client.send(get(&url)).await;
                    served.fetch_add(
                        usize::from(answer.is_ok_and(|answer| answer.status().is_success())),
                        Ordering::Relaxed,
                    );
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    served.load(Ordering::Relaxed)
}

/// The key that is valid, and how many there were.
struct Keys {
    now: Mutex<String>,
    count: AtomicUsize,
}

impl Keys {
    fn new(emulator: &Emulator) -> Self {
        let first = key(1);
        emulator.set_api_keys([first.clone()]);
        Self { now: Mutex::new(first), count: AtomicUsize::new(1) }
    }

    fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// As an operator does it: the issuer takes the new one, the program gets it, the issuer refuses the old one.
    async fn replace(&self, emulator: &Emulator) {
        let old = self.now.lock().unwrap().clone();
        let new = key(self.count.fetch_add(1, Ordering::SeqCst) + 1);
        emulator.set_api_keys([old, new.clone()]);
        *self.now.lock().unwrap() = new.clone();
        // Who has begun with the old one may end with it.
        tokio::time::sleep(Duration::from_millis(500)).await;
        emulator.set_api_keys([new]);
    }
}

fn key(number: usize) -> String {
    format!("{CANARY}key-{number}")
}

/// A program's own source: it looks for the key anew each time.
struct Rotated {
    keys: Arc<Keys>,
    endpoint: TokenEndpoint,
}

#[async_trait]
impl TokenSource for Rotated {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let key = self.keys.now.lock().unwrap().clone();
        ApiKey::new(self.endpoint.clone(), key)?.fetch(cx).await
    }
}
