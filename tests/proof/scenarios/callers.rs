//! Callers that go away, stand still, or come when it is over.

use std::time::Duration;

use auth_emulator::{Fault, Gate};
use futures_util::future::{join, join_all};
use futures_util::{StreamExt, stream};

use super::{begun, refreshed};
use crate::front::Front;
use crate::scene::{Scene, Seen};

super::scenarios! {
    "caller/never-polled-again": never_polled_again,
    "caller/polled-late": polled_late,
    "caller/select": select,
    "caller/leader-aborted": leader_aborted,
    "caller/1000-dropped": a_thousand_dropped,
    "caller/dropped-in-recovery": dropped_in_recovery,
    "caller/buffered": buffered,
    "caller/shutdown": shutdown,
    "caller/shutdown-in-hang": shutdown_in_hang,
    "caller/shutdown-given-up": shutdown_given_up,
}

/// The next token request waits for the gate.
async fn held<F: Front>() -> (Scene<F>, Gate) {
    let (scene, gate) = (Scene::<F>::new().await, Gate::new());
    scene.emulator.token_faults().once(Fault::Hold(gate.clone()));
    (scene, gate)
}

/// Whoever began the fetch is not polled any more.
async fn never_polled_again<F: Front>() -> Seen {
    let (scene, gate) = held::<F>().await;
    let mut first = [Box::pin(scene.get())];
    begun(&mut first).await;
    let mut others: Vec<_> = (0..10).map(|_| Box::pin(scene.get())).collect();
    begun(&mut others).await;
    gate.open();
    join_all(others).await;
    drop(first);
    scene.seen()
}

/// An hour later, when the token that it began to fetch has ended.
async fn polled_late<F: Front>() -> Seen {
    let (scene, gate) = held::<F>().await;
    let mut first = Box::pin(scene.get());
    begun(std::slice::from_mut(&mut first)).await;
    gate.open();
    scene.get().await;
    scene.clock.advance(Duration::from_secs(3600));
    first.await;
    scene.seen()
}

async fn select<F: Front>() -> Seen {
    let (scene, gate) = held::<F>().await;
    for _ in 0..10 {
        let _elapsed = tokio::time::timeout(Duration::ZERO, scene.get()).await;
    }
    gate.open();
    scene.get().await;
    scene.seen()
}

async fn leader_aborted<F: Front>() -> Seen {
    let (scene, gate) = held::<F>().await;
    let scene = std::sync::Arc::new(scene);
    let own = std::sync::Arc::clone(&scene);
    let leader = tokio::spawn(async move { own.get().await });
    scene.emulator.wait_for_token_requests(1).await;
    let mut others: Vec<_> = (0..10).map(|_| Box::pin(scene.get())).collect();
    begun(&mut others).await;
    leader.abort();
    let _aborted = leader.await;
    gate.open();
    join_all(others).await;
    std::sync::Arc::into_inner(scene).expect("all tasks have ended").seen()
}

async fn a_thousand_dropped<F: Front>() -> Seen {
    let (scene, gate) = held::<F>().await;
    let mut callers: Vec<_> = (0..1000).map(|_| Box::pin(scene.get())).collect();
    begun(&mut callers).await;
    drop(callers);
    gate.open();
    scene.get().await;
    scene.seen()
}

/// After the 401, while it waits for another token.
async fn dropped_in_recovery<F: Front>() -> Seen {
    let (scene, gate) = (Scene::<F>::new().await, Gate::new());
    scene.get().await;
    scene.emulator.revoke_all();
    scene.emulator.token_faults().once(Fault::Hold(gate.clone()));
    tokio::select! {
        () = scene.get() => {}
        () = scene.emulator.wait_for_token_requests(2) => {}
    }
    gate.open();
    refreshed(&scene).await;
    scene.get().await;
    scene.seen()
}

/// The first of ten waits, and the nine behind it are polled only when it is.
async fn buffered<F: Front>() -> Seen {
    let (scene, gate) = held::<F>().await;
    let all = stream::iter(0..100).map(|_| scene.get()).buffered(10).collect::<Vec<_>>();
    join(all, async {
        scene.emulator.wait_for_token_requests(1).await;
        gate.open();
    })
    .await;
    scene.seen()
}

/// A hundred wait; one comes while the shutdown waits for the fetch, and one after it.
async fn shutdown<F: Front>() -> Seen {
    let (scene, gate) = held::<F>().await;
    let mut waiting: Vec<_> = (0..100).map(|_| Box::pin(scene.get())).collect();
    begun(&mut waiting).await;
    let shutdown = scene.auth.shutdown();
    scene.get().await;
    gate.open();
    join(shutdown, join_all(waiting)).await;
    scene.get().await;
    scene.seen()
}

async fn shutdown_in_hang<F: Front>() -> Seen {
    let (scene, _never) = held::<F>().await;
    let mut waiting: Vec<_> = (0..100).map(|_| Box::pin(scene.get())).collect();
    begun(&mut waiting).await;
    let passing = scene.let_time_pass();
    join(scene.auth.shutdown(), join_all(waiting)).await;
    drop(passing);
    scene.seen()
}

/// Nobody waits for the end of it.
async fn shutdown_given_up<F: Front>() -> Seen {
    let (scene, gate) = held::<F>().await;
    let mut waiting: Vec<_> = (0..10).map(|_| Box::pin(scene.get())).collect();
    begun(&mut waiting).await;
    drop(scene.auth.shutdown());
    scene.get().await;
    gate.open();
    join_all(waiting).await;
    scene.seen()
}
