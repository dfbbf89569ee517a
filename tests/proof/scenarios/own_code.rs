//! What is the program's own panics, or blocks: sources, listeners, transports.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, Builder, Error, FetchContext, Policy, Token, TokenSource, Transport, async_trait};
use auth_emulator::Emulator;
use bytes::Bytes;
use futures_util::future::join_all;
use http::{Request, Response};
use tokio::sync::Notify;

use super::{api_key, begun, refreshed};
use crate::front::Front;
use crate::overheard::ON_PURPOSE;
use crate::scene::{Scene, Seen, Time};

super::scenarios! {
    "panic/source-at-once": source_at_once,
    "panic/source-late": source_late,
    "panic/source-in-refresh": source_in_refresh,
    "panic/source-in-drop": source_in_drop,
    "panic/source-in-drop-always": source_in_drop_always,
    "panic/listener": listener,
    "panic/transport": transport,
    "block/source": blocks,
    "block/source-in-refresh": blocks_in_refresh,
}

/// What happens before an exchange.
#[derive(Clone)]
enum Trouble {
    PanicsAtOnce,
    PanicsLate,
    /// It never ends, and panics when it is given up.
    PanicsInDrop,
    /// The thread stands still.
    Blocks(Arc<Block>),
}

struct Block {
    begins: Notify,
    ends: Mutex<mpsc::Receiver<()>>,
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{ON_PURPOSE}, in drop");
    }
}

/// The emulator's API key, and trouble before the exchanges of these numbers.
struct Troubled {
    key: ApiKey,
    calls: AtomicUsize,
    troubled: std::ops::Range<usize>,
    trouble: Trouble,
}

#[async_trait]
impl TokenSource for Troubled {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        if self.troubled.contains(&self.calls.fetch_add(1, Ordering::SeqCst)) {
            match &self.trouble {
                Trouble::PanicsAtOnce => panic!("{ON_PURPOSE}, at once"),
                Trouble::PanicsLate => {
                    tokio::task::yield_now().await;
                    panic!("{ON_PURPOSE}, late");
                }
                Trouble::PanicsInDrop => {
                    let _bomb = Bomb;
                    pending::<()>().await;
                }
                Trouble::Blocks(block) => {
                    block.begins.notify_one();
                    block.ends.lock().unwrap().recv().unwrap();
                }
            }
        }
        self.key.fetch(cx).await
    }
}

fn troubled(emulator: &Emulator, troubled: std::ops::Range<usize>, trouble: Trouble) -> Builder {
    let endpoint = TokenEndpoint::parse(&emulator.token_url()).unwrap();
    let key = ApiKey::new(endpoint, Emulator::API_KEY).unwrap();
    Authenticator::builder(Troubled { key, calls: AtomicUsize::new(0), troubled, trouble })
}

async fn with<F: Front>(calls: std::ops::Range<usize>, trouble: Trouble) -> Scene<F> {
    Scene::with(|emulator| troubled(emulator, calls, trouble)).await
}

/// Ten at once, and one a second later.
async fn ten_and_one<F: Front>(scene: Scene<F>) -> Seen {
    join_all((0..10).map(|_| scene.get())).await;
    scene.clock.advance(Duration::from_secs(1));
    scene.get().await;
    scene.seen()
}

async fn source_at_once<F: Front>() -> Seen {
    ten_and_one(with::<F>(0..1, Trouble::PanicsAtOnce).await).await
}

async fn source_late<F: Front>() -> Seen {
    ten_and_one(with::<F>(0..1, Trouble::PanicsLate).await).await
}

async fn source_in_refresh<F: Front>() -> Seen {
    let scene = with::<F>(1..2, Trouble::PanicsAtOnce).await;
    scene.get().await;
    for _ in 0..2 {
        scene.clock.advance(Duration::from_secs(2800));
        scene.get().await;
        refreshed(&scene).await;
    }
    scene.seen()
}

async fn source_in_drop<F: Front>() -> Seen {
    let scene = with::<F>(0..1, Trouble::PanicsInDrop).await;
    let passing = scene.let_time_pass();
    scene.get().await;
    drop(passing);
    scene.seen()
}

async fn source_in_drop_always<F: Front>() -> Seen {
    let scene = with::<F>(0..100, Trouble::PanicsInDrop).await;
    let passing = scene.let_time_pass();
    join_all((0..10).map(|_| scene.get())).await;
    drop(passing);
    scene.get().await;
    scene.seen()
}

async fn listener<F: Front>() -> Seen {
    let scene =
        Scene::<F>::with(|emulator| api_key(emulator).listener(|_| panic!("{ON_PURPOSE}, in a listener"))).await;
    ten_and_one(scene).await
}

/// Panics at its first request.
struct Panicking {
    transport: Arc<dyn Transport>,
    calls: AtomicUsize,
}

#[async_trait]
impl Transport for Panicking {
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        assert!(self.calls.fetch_add(1, Ordering::SeqCst) > 0, "{ON_PURPOSE}, in a transport");
        self.transport.send(request, limit).await
    }
}

async fn transport<F: Front>() -> Seen {
    let transport = Panicking { transport: F::transport(), calls: AtomicUsize::new(0) };
    ten_and_one(Scene::<F>::through(transport, Time::Moved(FakeRuntime::new()), api_key).await).await
}

/// The source of one request blocks a thread of a runtime of its own; ten others come meanwhile.
async fn blocked<F: Front>(calls: std::ops::Range<usize>, policy: Policy, before: usize) -> Seen {
    let (release, ends) = mpsc::channel();
    let block = Arc::new(Block { begins: Notify::new(), ends: Mutex::new(ends) });
    let trouble = Trouble::Blocks(Arc::clone(&block));
    let scene = Arc::new(Scene::<F>::with(|emulator| troubled(emulator, calls, trouble).policy(policy)).await);
    for _ in 0..before {
        scene.get().await;
    }
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let own = Arc::clone(&scene);
    let request = threads.spawn(async move { own.get().await });
    block.begins.notified().await;
    let mut others: Vec<_> = (0..10).map(|_| Box::pin(scene.get())).collect();
    begun(&mut others).await;
    if before > 0 {
        join_all(others.drain(..)).await;
    }
    release.send(()).unwrap();
    request.await.unwrap();
    join_all(others).await;
    refreshed(&scene).await;
    threads.shutdown_background();
    Arc::into_inner(scene).expect("all tasks have ended").seen()
}

async fn blocks<F: Front>() -> Seen {
    blocked::<F>(0..1, Policy::default(), 0).await
}

async fn blocks_in_refresh<F: Front>() -> Seen {
    let mut policy = Policy::default();
    policy.refresh_lead = 1.0; // a refresh is due at once
    blocked::<F>(1..2, policy, 1).await
}
