//! The token endpoint answers something else than a token.

use auth_emulator::{Answer, Fault, Gate, StatusCode};

use crate::front::Front;
use crate::scene::{Scene, Seen};

super::scenarios! {
    "token/captive-portal": captive_portal,
    "token/hang": hang,
    "token/503-once": unavailable_once,
}

async fn captive_portal<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.emulator.token_faults().always(Fault::Garbage);
    scene.get().await;
    scene.seen()
}

async fn hang<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.emulator.token_faults().always(Fault::Hold(Gate::new()));
    let passing = scene.let_time_pass();
    scene.get().await;
    drop(passing);
    scene.seen()
}

async fn unavailable_once<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.emulator.token_faults().once(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    scene.get().await;
    scene.seen()
}
