//! The API says GOAWAY (RFC 9113, section 6.8).

use auth_emulator::{Fault, Gate};
use futures_util::future::join;

use super::api_key_at;
use crate::front::Front;
use crate::http2;
use crate::scene::{Scene, Seen, emulator};

super::scenarios! {
    "api/goaway-between": between,
    "api/goaway-in-flight": in_flight,
    "api/goaway-behind-401": behind_401,
}

async fn scene<F: Front>(last: usize) -> (Scene<F>, http2::Relay) {
    let (emulator, clock) = emulator().await;
    let front = http2::Relay::to(emulator.url(), last).await;
    let builder = api_key_at(&emulator.token_url()).for_origins([&front.url]).transport(F::transport());
    let api = format!("{}/api", front.url);
    (Scene::made(emulator, clock, builder, api, F::http2_client), front)
}

/// Behind each answer.
async fn between<F: Front>() -> Seen {
    let (scene, front) = scene::<F>(1).await;
    for n in 1..=3 {
        scene.post("an order").await;
        front.has_lost(n).await;
    }
    scene.seen()
}

/// While a request waits for its answer; another begins then.
async fn in_flight<F: Front>() -> Seen {
    let (scene, front) = scene::<F>(usize::MAX).await;
    let gate = Gate::new();
    scene.emulator.api_faults().once(Fault::Hold(gate.clone()));
    join(scene.post("an order"), async {
        scene.emulator.wait_for_api_requests(1).await;
        front.go_away();
        scene.get().await;
        gate.open();
    })
    .await;
    scene.seen()
}

/// The second sending has to go by another connection.
async fn behind_401<F: Front>() -> Seen {
    let (scene, _front) = scene::<F>(1).await;
    scene.auth.warm_up().await.unwrap();
    scene.emulator.revoke_all();
    scene.post("an order").await;
    scene.seen()
}
