//! All tokens are revoked while requests are under way: one fetch, and each request is sent again once.

use auth_core::Authenticator;
use auth_core::exchange::TokenEndpoint;
use auth_core::sources::ApiKey;
use auth_emulator::{Emulator, Fault, Gate};
use futures_util::future::join_all;
use http::Request;

use crate::front::Front;
use crate::ledger::Ledger;
use crate::rig::{Load, Replay, get};

pub(crate) async fn run<F: Front>(in_flight: usize) -> Ledger {
    let emulator = Emulator::start().await.unwrap();
    let endpoint = TokenEndpoint::parse(&emulator.token_url()).unwrap();
    let source = ApiKey::new(endpoint, Emulator::API_KEY).unwrap();
    let auth = Authenticator::builder(source).for_origins([emulator.url()]).transport(F::transport()).build().unwrap();
    let client = F::client(auth, Replay::Bodies);
    let url = format!("{}/items", emulator.api_url());
    client.send(get(&url)).await.unwrap();

    let gate = Gate::new();
    emulator.api_faults().always(Fault::Hold(gate.clone()));
    let callers: Vec<_> = (0..in_flight)
        .map(|number| {
            let body = Load::from(bytes::Bytes::from(format!("order {number}")));
            tokio::spawn(client.send(Request::post(&url).body(body).unwrap()))
        })
        .collect();
    emulator.wait_for_api_requests(1 + in_flight).await;
    emulator.revoke_all();
    gate.open();
    let answers = join_all(callers).await;
    let served =
        answers.into_iter().filter(|answer| matches!(answer, Ok(Ok(answer)) if answer.status().is_success())).count();

    let mut orders: Vec<_> =
        emulator.api_requests().iter().skip(1 + in_flight).map(|request| request.body().clone()).collect();
    orders.sort_unstable();
    let mut wanted: Vec<_> = (0..in_flight).map(|number| bytes::Bytes::from(format!("order {number}"))).collect();
    wanted.sort_unstable();
    let fetches = emulator.token_request_count();
    println!(
        "revocation, {}: {in_flight} requests under way: {served} served, {} sent again, {} more token requests, 1 needed",
        F::NAME,
        orders.len(),
        fetches - 1
    );
    let mut ledger = Ledger { extra: fetches.saturating_sub(2), ..Ledger::default() };
    if served != in_flight {
        ledger.lost.push(format!("{}: {} requests were not served after a revocation", F::NAME, in_flight - served));
    }
    if orders != wanted {
        ledger.lost.push(format!("{}: what was sent again is not what was sent", F::NAME));
    }
    ledger
}
