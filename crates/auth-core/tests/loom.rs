//! The cache's shell under a model checker: every interleaving of its locks and atomics, up to three preemptions.
//!
//! Run by `just loom` (`RUSTFLAGS="--cfg auth_loom" cargo test -p auth-core --release --test loom`). The pointer that hits
//! read is a mutex here, because loom does not see into arc-swap.
#![cfg(auth_loom)]
#![allow(missing_docs)]

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::task::Poll;
use std::time::{Duration, UNIX_EPOCH};

use auth_core::adapter::View;
use auth_core::runtime::{Abort, Sleep, Task};
use auth_core::runtime::{Moment, Runtime};
use auth_core::{Authenticator, Changed, Error, FetchContext, Token, TokenSource, async_trait};
use loom::future::block_on;
use loom::sync::atomic::AtomicBool;
use loom::thread;

/// A clock that stands still, timers that never fire, a thread for every task.
struct Model;

impl Runtime for Model {
    fn now(&self) -> Moment {
        Moment::new(Duration::from_secs(1000), UNIX_EPOCH + Duration::from_secs(1_000_000))
    }

    fn sleep_until(&self, _deadline: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }

    fn can_spawn(&self) -> bool {
        true
    }

    fn spawn(&self, task: Task) -> Result<Abort, Task> {
        thread::spawn(move || block_on(task));
        Ok(Abort::new(|| {}))
    }

    fn random(&self) -> f64 {
        0.0
    }
}

/// Counts calls; brings the token named after the version it saw when it was called.
struct Source {
    calls: Arc<AtomicU32>,
    version: Arc<loom::sync::atomic::AtomicU32>,
    /// Whether it lets others run before it answers.
    yields: bool,
    changed: Arc<std::sync::Mutex<Option<Changed>>>,
}

#[async_trait]
impl TokenSource for Source {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        self.calls.fetch_add(1, SeqCst);
        *self.changed.lock().unwrap() = Some(cx.changed());
        let version = self.version.load(SeqCst);
        let mut yielded = !self.yields;
        poll_fn(|cx| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        Ok(Token::bearer(format!("v{version}")).expires_in(Duration::from_secs(3600)))
    }
}

struct World {
    auth: Authenticator,
    calls: Arc<AtomicU32>,
    version: Arc<loom::sync::atomic::AtomicU32>,
    changed: Arc<std::sync::Mutex<Option<Changed>>>,
}

fn world(yields: bool) -> World {
    let calls = Arc::new(AtomicU32::new(0));
    let version = Arc::new(loom::sync::atomic::AtomicU32::new(1));
    let changed = Arc::default();
    let source =
        Source { calls: Arc::clone(&calls), version: Arc::clone(&version), yields, changed: Arc::clone(&changed) };
    let auth = Authenticator::builder(source).anywhere().runtime(Model).build().unwrap();
    World { auth, calls, version, changed }
}

fn token(auth: &Authenticator) -> impl Future<Output = String> + use<> {
    let acquire = auth.token(Duration::ZERO);
    async move { acquire.await.unwrap().secret().unwrap().expose().to_owned() }
}

fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

#[test]
fn two_cold_callers_share_one_fetch_and_both_are_woken() {
    check(|| {
        let world = world(true);
        let auth = world.auth.clone();
        let other = thread::spawn(move || block_on(token(&auth)));
        assert_eq!(block_on(token(&world.auth)), "v1");
        assert_eq!(other.join().unwrap(), "v1");
        assert_eq!(world.calls.load(SeqCst), 1);
    });
}

#[test]
fn after_a_change_the_old_token_is_never_served() {
    check(|| {
        let world = world(false);
        assert_eq!(block_on(token(&world.auth)), "v1");
        let auth = world.auth.clone();
        let other = thread::spawn(move || {
            auth.invalidate();
            block_on(token(&auth))
        });
        world.version.store(2, SeqCst);
        // Not under the lock, which loom does not know: another thread may want it in the middle.
        let changed = world.changed.lock().unwrap().clone();
        changed.unwrap().notify();
        assert_eq!(block_on(token(&world.auth)), "v2");
        other.join().unwrap();
        assert_eq!(block_on(token(&world.auth)), "v2");
    });
}

#[test]
fn two_late_rejections_of_one_token_force_one_fetch() {
    check(|| {
        let world = world(false);
        assert_eq!(block_on(token(&world.auth)), "v1");
        world.version.store(2, SeqCst);
        let auth = world.auth.clone();
        let reject = |auth: Authenticator| match auth.recover(1) {
            auth_core::adapter::Recovery::Resend(credential) => credential.generation(),
            auth_core::adapter::Recovery::Wait(recover) => block_on(recover).unwrap().generation(),
            auth_core::adapter::Recovery::Return(error) => panic!("{error}"),
        };
        let other = thread::spawn(move || reject(auth));
        assert_eq!(reject(world.auth.clone()), 2);
        assert_eq!(other.join().unwrap(), 2);
        assert_eq!(world.calls.load(SeqCst), 2);
    });
}

#[test]
fn a_waiter_that_leaves_wakes_nobody_and_loses_nothing() {
    check(|| {
        let world = world(true);
        let auth = world.auth.clone();
        let leaves = thread::spawn(move || {
            let mut acquire = auth.token(Duration::ZERO);
            let polled = AtomicBool::new(false);
            block_on(poll_fn(|cx| {
                let _pending_or_not = std::pin::Pin::new(&mut acquire).poll(cx);
                polled.store(true, SeqCst);
                Poll::Ready(())
            }));
        });
        assert_eq!(block_on(token(&world.auth)), "v1");
        leaves.join().unwrap();
        assert_eq!(world.calls.load(SeqCst), 1);
    });
}

#[test]
fn a_view_never_attaches_a_token_that_was_forgotten_before() {
    check(|| {
        let world = world(false);
        assert_eq!(block_on(token(&world.auth)), "v1");
        let attached = |view: &mut View| {
            let mut request = http::Request::get("https://api.example.com/").body(()).unwrap();
            let hit = view.hit(&mut request);
            assert_eq!(hit.is_some(), request.headers().contains_key("authorization"));
            hit.is_some()
        };
        let mut view = View::new(world.auth.clone());
        assert!(attached(&mut view) && attached(&mut view) && attached(&mut view));
        let forgotten = Arc::new(AtomicBool::new(false));
        let (auth, told) = (world.auth.clone(), Arc::clone(&forgotten));
        let other = thread::spawn(move || {
            auth.invalidate();
            told.store(true, std::sync::atomic::Ordering::Release);
        });
        let late = forgotten.load(std::sync::atomic::Ordering::Acquire);
        assert!(!(attached(&mut view) && late));
        other.join().unwrap();
        assert!(!attached(&mut view));
    });
}
