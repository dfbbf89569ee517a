//! The token endpoint goes wrong in more than one step.

use auth_emulator::{Answer, StatusCode};

use crate::front::Front;
use crate::scene::{Scene, Seen};

super::scenarios! {
    "token/503-once": unavailable_once,
}

async fn unavailable_once<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.emulator.token_faults().once(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    scene.get().await;
    scene.seen()
}
