//! The token endpoint goes wrong in more than one step.

use std::time::Duration;

use auth_emulator::{Answer, ClosedPort, Emulator, Fault, Flaw, Gate, StatusCode, Wire};
use futures_util::future::{join, join_all};

use super::api_key_at;
use crate::front::Front;
use crate::rig::Load;
use crate::scene::{Scene, Seen};

super::scenarios! {
    "token/refused": refused,
    "token/slow-in-time": slow_in_time,
    "token/slower-than-its-life": slower_than_its_life,
    "token/same-token-after-401": same_token_after_401,
    "token/outage-while-fresh": outage_while_fresh,
    "token/key-rotated": key_rotated,
    "token/herd-meets-outage": herd_meets_outage,
    "token/caller-leaves": caller_leaves,
}

async fn refused<F: Front>() -> Seen {
    let nobody = ClosedPort::new().unwrap();
    let endpoint = format!("http://{}/token", nobody.address());
    let scene = Scene::<F>::with(|_| api_key_at(&endpoint)).await;
    scene.get().await;
    scene.seen()
}

/// Head and body come just before the ten seconds of one attempt are over.
async fn slow_in_time<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    let (head, body) = (Gate::new(), Gate::new());
    let slow = Wire::new().hold(head.clone()).usual_head().hold(body.clone()).usual_body();
    scene.emulator.token_faults().once(slow);
    join(scene.get(), async {
        scene.emulator.wait_for_token_requests(1).await;
        scene.clock.advance(Duration::from_secs(5));
        head.open();
        scene.clock.advance(Duration::from_millis(4900));
        body.open();
    })
    .await;
    scene.seen()
}

async fn slower_than_its_life<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.emulator.set_token_lifetime(Duration::from_secs(5));
    let gate = Gate::new();
    scene.emulator.token_faults().once(Fault::Hold(gate.clone()));
    join(scene.get(), async {
        scene.emulator.wait_for_token_requests(1).await;
        scene.clock.advance(Duration::from_secs(6));
        gate.open();
    })
    .await;
    scene.seen()
}

/// It was revoked, and the endpoint does not know yet.
async fn same_token_after_401<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.emulator.revoke_all();
    scene.emulator.token_flaws().always(Flaw::SameToken);
    for _ in 0..10 {
        scene.post("an order").await;
    }
    scene.emulator.clear_faults();
    scene.clock.advance(Duration::from_secs(5));
    scene.post("an order").await;
    scene.seen()
}

/// A refresh is due, and fails: nobody's business.
async fn outage_while_fresh<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    scene.clock.advance(Duration::from_secs(46 * 60));
    for _ in 0..50 {
        scene.get().await;
    }
    // One flight: three attempts.
    // While there is a token an attempt is one, and the next comes after a pause.
    scene.emulator.wait_for_token_requests(2).await;
    scene.seen()
}

async fn key_rotated<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.emulator.set_api_keys(["another-key-entirely"]);
    scene.emulator.revoke_all();
    for _ in 0..10 {
        scene.post("an order").await;
    }
    scene.emulator.set_api_keys([Emulator::API_KEY]);
    scene.clock.advance(Duration::from_secs(60));
    scene.post("an order").await;
    scene.seen()
}

/// All of a hundred callers get the one failure, and so does who comes a little later; then all get the one token.
async fn herd_meets_outage<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    join_all((0..100).map(|_| scene.get())).await;
    scene.get().await;
    scene.emulator.clear_faults();
    scene.clock.advance(Duration::from_secs(30));
    join_all((0..100).map(|_| scene.get())).await;
    scene.seen()
}

/// Whoever began the fetch leaves; another who came later gets its token.
async fn caller_leaves<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    let gate = Gate::new();
    scene.emulator.token_faults().once(Fault::Hold(gate.clone()));
    join(scene.send_within(Duration::from_secs(1), "GET", Load::default()), async {
        scene.emulator.wait_for_token_requests(1).await;
        scene.clock.advance(Duration::from_secs(1));
    })
    .await;
    join(scene.get(), async { gate.open() }).await;
    scene.seen()
}
