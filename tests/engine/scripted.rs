//! A source that does what a test says, and polling by hand.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use auth_core::{Changed, Error, FetchContext, Token, TokenSource, async_trait};

/// Counts its calls, waits until its gate is open, then brings the next answer (the last one again and again).
#[derive(Clone)]
pub(super) struct Scripted(Arc<Inner>);

struct Inner {
    calls: AtomicU32,
    changed: Mutex<Option<Changed>>,
    answers: Mutex<VecDeque<Result<Token, Error>>>,
    gate: Mutex<Gate>,
}

#[derive(Default)]
struct Gate {
    closed: bool,
    waiting: Vec<Waker>,
}

impl Scripted {
    pub(super) fn new(answers: impl IntoIterator<Item = Result<Token, Error>>) -> Self {
        Self(Arc::new(Inner {
            calls: AtomicU32::new(0),
            changed: Mutex::default(),
            answers: Mutex::new(answers.into_iter().collect()),
            gate: Mutex::default(),
        }))
    }

    /// Brings tokens of an hour, each another one.
    pub(super) fn hourly() -> Self {
        Self::new((1..100).map(|n| Ok(hour(&format!("token-{n}")))))
    }

    pub(super) fn closed(self) -> Self {
        self.0.gate.lock().unwrap().closed = true;
        self
    }

    pub(super) fn close(&self) {
        self.0.gate.lock().unwrap().closed = true;
    }

    pub(super) fn open(&self) {
        let waiting = {
            let mut gate = self.0.gate.lock().unwrap();
            gate.closed = false;
            std::mem::take(&mut gate.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// What it reads has changed.
    pub(super) fn changed(&self) {
        let changed = self.0.changed.lock().unwrap().clone();
        changed.expect("it has been read").notify();
    }

    pub(super) fn calls(&self) -> u32 {
        self.0.calls.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl TokenSource for Scripted {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        *self.0.changed.lock().unwrap() = Some(cx.changed());
        poll_fn(|cx| {
            let mut gate = self.0.gate.lock().unwrap();
            if gate.closed {
                gate.waiting.push(cx.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        let mut answers = self.0.answers.lock().unwrap();
        if answers.len() > 1 { answers.pop_front().unwrap() } else { answers.front().unwrap().clone() }
    }
}

pub(super) fn hour(token: &str) -> Token {
    Token::bearer(token).expires_in(Duration::from_secs(3600))
}

/// Polls once, with a waker that does nothing.
pub(super) fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}
