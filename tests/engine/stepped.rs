//! A source and an API that go on one step at a time, so that every place where a caller waits for them can be reached.

use std::future::poll_fn;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, Builder, source_fn};
use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::scripted::hour;
use crate::rig::{Adapter, Client, ORIGIN, Redirects, Replay, Setup};

/// Whoever waits for a step goes on at the next [`release`](Steps::release).
#[derive(Clone, Default)]
pub(super) struct Steps(Arc<Mutex<Released>>);

#[derive(Default)]
struct Released {
    count: u64,
    open: bool,
    waiting: Vec<Waker>,
}

impl Steps {
    pub(super) fn release(&self) {
        self.wake(|released| released.count += 1);
    }

    /// From now on nobody waits.
    pub(super) fn open(&self) {
        self.wake(|released| released.open = true);
    }

    fn wake(&self, change: impl FnOnce(&mut Released)) {
        let waiting = {
            let mut released = self.0.lock().unwrap();
            change(&mut released);
            std::mem::take(&mut released.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    async fn pass(&self, steps: u32) {
        for _ in 0..steps {
            let mut from = None;
            poll_fn(|cx| {
                let mut released = self.0.lock().unwrap();
                if released.open || released.count > *from.get_or_insert(released.count) {
                    return Poll::Ready(());
                }
                released.waiting.push(cx.waker().clone());
                Poll::Pending
            })
            .await;
        }
    }

    /// Releases a step at each of `polls` polls.
    pub(super) async fn tick(&self, polls: usize) {
        let mut left = polls;
        poll_fn(|cx| {
            let Some(fewer) = left.checked_sub(1) else { return Poll::Ready(()) };
            left = fewer;
            self.release();
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// An authenticator whose source takes three steps, over an API that takes two.
pub(super) struct World {
    pub(super) auth: Authenticator,
    pub(super) steps: Steps,
    calls: Arc<AtomicU32>,
    inside: Arc<()>,
    /// The token that the API refuses.
    refused: Arc<Mutex<Option<&'static str>>>,
}

impl World {
    pub(super) fn on(runtime: &FakeRuntime) -> Self {
        Self::with(|builder| builder.runtime(runtime.clone()))
    }

    pub(super) fn on_tokio() -> Self {
        Self::with(|builder| builder)
    }

    fn with(runtime: impl FnOnce(Builder) -> Builder) -> Self {
        let (steps, calls, inside) = (Steps::default(), Arc::new(AtomicU32::new(0)), Arc::new(()));
        let source = {
            let (steps, calls, inside) = (steps.clone(), Arc::clone(&calls), Arc::downgrade(&inside));
            source_fn(move |_cx| {
                let call = calls.fetch_add(1, Ordering::SeqCst) + 1;
                let (steps, inside) = (steps.clone(), inside.upgrade());
                async move {
                    let _inside = inside;
                    steps.pass(3).await;
                    Ok(hour(&format!("token-{call}")))
                }
            })
        };
        let auth = runtime(Authenticator::builder(source)).for_origins([ORIGIN]).build().unwrap();
        Self { auth, steps, calls, inside, refused: Arc::default() }
    }

    /// Begins with a token, of which some life has passed.
    pub(super) fn warm(self, runtime: &FakeRuntime) -> Self {
        let mut first = self.auth.token(Duration::ZERO);
        let _pending = super::scripted::poll_once(&mut first);
        (0..3).for_each(|_| {
            self.steps.release();
            runtime.run_until_idle();
        });
        runtime.block_on(first).unwrap();
        runtime.advance(Duration::from_secs(1000));
        self
    }

    pub(super) fn refuse(&self, token: &'static str) {
        *self.refused.lock().unwrap() = Some(token);
    }

    pub(super) fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }

    pub(super) fn client<A: Adapter>(&self) -> Client {
        let (steps, refused) = (self.steps.clone(), Arc::clone(&self.refused));
        let server = Arc::new(move |request: Request<Bytes>| {
            let (steps, refused) = (steps.clone(), *refused.lock().unwrap());
            answer(steps, refused, request)
        });
        A::in_process(Setup { auth: self.auth.clone(), replay: Replay::AsMade, redirects: Redirects::Returned, server })
    }

    /// Lets go of everything; says how many calls of the source go on.
    pub(super) fn end(self, idle: impl FnOnce()) -> usize {
        drop(self.auth);
        idle();
        Arc::strong_count(&self.inside) - 1
    }
}

async fn answer(steps: Steps, refused: Option<&'static str>, request: Request<Bytes>) -> Response<Bytes> {
    steps.pass(2).await;
    let token = request.headers().get("authorization").expect("sent without a token");
    let is_refused = refused.is_some_and(|refused| token == &format!("Bearer {refused}"));
    let status = if is_refused { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    Response::builder().status(status).body(Bytes::new()).unwrap()
}
