//! The API refuses a token that is good, or was.

use auth_emulator::{Answer, StatusCode};
use futures_util::future::join_all;

use crate::front::Front;
use crate::scene::{Scene, Seen};

super::scenarios! {
    "api/401-always": always_unauthorized,
    "api/401-old-tokens": revoked,
}

async fn always_unauthorized<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.emulator.api_faults().always(Answer::new(StatusCode::UNAUTHORIZED));
    scene.post("an order").await;
    scene.seen()
}

/// A hundred at once, with a token that was just revoked.
async fn revoked<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.emulator.revoke_all();
    join_all((0..100).map(|n| scene.post(format!("order {n}")))).await;
    scene.seen()
}
