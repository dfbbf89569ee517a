//! A token ends while a body streams, or before a large one.

use std::sync::LazyLock;
use std::time::Duration;

use auth_emulator::{Gate, Wire};
use bytes::Bytes;
use futures_util::future::join;
use tokio::sync::Semaphore;

use crate::front::Front;
use crate::rig::Load;
use crate::scene::{Scene, Seen};

super::scenarios! {
    "api/401-100-mib": hundred_mib,
    "api/401-100-mib-once": hundred_mib_once,
    "api/401-while-uploading": while_uploading,
    "api/401-while-uploading-once": while_uploading_once,
    "api/ends-while-downloading": ends_while_downloading,
}

/// No two pieces of it are alike.
static LARGE: LazyLock<Bytes> = LazyLock::new(|| (0..(100 << 20) / 4_u32).flat_map(u32::to_le_bytes).collect());

/// One at a time: the emulator keeps all that it gets.
static MEMORY: Semaphore = Semaphore::const_new(1);

/// What is sent a second time is all of it.
async fn hundred_mib<F: Front>() -> Seen {
    let _turn = MEMORY.acquire().await;
    let scene = revoked::<F>().await;
    scene.send("POST", Load::from(LARGE.clone())).await;
    scene.seen()
}

/// It can't be had again: the 401 comes back at once, and the next request has a token.
async fn hundred_mib_once<F: Front>() -> Seen {
    let _turn = MEMORY.acquire().await;
    let scene = revoked::<F>().await;
    scene.send("POST", Load::once(LARGE.clone())).await;
    scene.emulator.wait_for_token_requests(2).await;
    scene.get().await;
    scene.seen()
}

/// The API answers when it has the head, and reads on.
async fn while_uploading<F: Front>() -> Seen {
    let scene = early::<F>().await;
    scene.send("POST", Load::from(LARGE.slice(..8 << 20))).await;
    scene.seen()
}

async fn while_uploading_once<F: Front>() -> Seen {
    let scene = early::<F>().await;
    scene.send("POST", Load::once(LARGE.slice(..8 << 20))).await;
    scene.emulator.wait_for_token_requests(2).await;
    scene.get().await;
    scene.seen()
}

/// The token was good when the request was sent, and that is all that counts.
async fn ends_while_downloading<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    let gate = Gate::new();
    let half =
        Wire::new().write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345").hold(gate.clone()).write("67890");
    scene.emulator.api_faults().once(half);
    join(scene.get(), async {
        scene.emulator.wait_for_api_requests(1).await;
        scene.clock.advance(Duration::from_secs(7200));
        gate.open();
    })
    .await;
    scene.seen()
}

/// With a token that was just revoked.
async fn revoked<F: Front>() -> Scene<F> {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.emulator.revoke_all();
    scene
}

async fn early<F: Front>() -> Scene<F> {
    let scene = Scene::<F>::new().await;
    scene.auth.warm_up().await.unwrap();
    scene.emulator.revoke_all();
    let answer = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n";
    scene.emulator.connection_faults().once(Wire::new().read_head().write(answer).silence());
    scene
}
