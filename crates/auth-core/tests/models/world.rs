//! What the models are made of: a source, a clock and threads that do what a model says.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex as Plain};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, UNIX_EPOCH};

use auth_core::runtime::{Abort, Moment, Runtime, Sleep, Task};
use auth_core::{Acquire, Authenticator, Changed, Error, FetchContext, Token, TokenSource, async_trait};

use super::checker::{AtomicBool, AtomicU32, Mutex, block_on, thread};

/// How a source spends its time.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Answers {
    /// On the thread that asks.
    AtOnce,
    /// After others could run.
    AfterOthers,
    /// Never.
    Never,
    /// The first call when it is told to, the others on the thread that asks.
    FirstWhenTold,
}

/// What becomes of spawned tasks.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Tasks {
    /// They run until they are over or aborted.
    Run,
    /// They run, and an abort comes too late.
    RunOn,
    /// The first is dropped, somewhere else, as by a runtime that shuts down; the others run.
    FirstIsLost,
}

pub(crate) struct World {
    pub(crate) auth: Authenticator,
    pub(crate) source: Arc<Source>,
    runtime: Arc<Threads>,
}

pub(crate) fn world(answers: Answers, tasks: Tasks) -> World {
    let source = Arc::new(Source {
        answers,
        calls: AtomicU32::new(0),
        version: AtomicU32::new(1),
        inside: AtomicU32::new(0),
        told: Told::default(),
        one_at_a_time: tasks != Tasks::RunOn,
        changed: Plain::default(),
    });
    let runtime = Arc::new(Threads { tasks, clock: AtomicU64::new(1000), threads: Plain::default() });
    let builder = Authenticator::builder(Arc::clone(&source)).anywhere();
    let auth = builder.runtime(Shared(Arc::clone(&runtime))).build().unwrap();
    World { auth, source, runtime }
}

impl World {
    /// Seconds pass, with nobody running in between.
    pub(crate) fn pass(&self, seconds: u64) {
        self.runtime.clock.fetch_add(seconds, SeqCst);
    }

    /// Lets go of the last handle, and returns once nothing runs any more.
    pub(crate) fn end(self) -> Arc<Source> {
        let Self { auth, source, runtime } = self;
        drop(auth);
        runtime.join();
        assert_eq!(source.inside.load(SeqCst), 0, "a call of the source has outlived the last handle");
        source
    }

    /// Returns once no task runs.
    pub(crate) fn settle(&self) {
        self.runtime.join();
    }
}

/// The secret of any valid token.
pub(crate) fn token(auth: &Authenticator) -> impl Future<Output = Result<String, Error>> + use<> {
    secret(auth.token(Duration::ZERO))
}

pub(crate) async fn secret(acquire: Acquire) -> Result<String, Error> {
    Ok(acquire.await?.secret().unwrap().expose().to_owned())
}

/// Polls once, on a thread that may then do something else.
pub(crate) fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    block_on(poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))))
}

/// Brings the token that is named after the version it saw when it was called.
pub(crate) struct Source {
    answers: Answers,
    calls: AtomicU32,
    version: AtomicU32,
    inside: AtomicU32,
    told: Told,
    one_at_a_time: bool,
    changed: Plain<Option<Changed>>,
}

impl Source {
    pub(crate) fn calls(&self) -> u32 {
        self.calls.load(SeqCst)
    }

    pub(crate) fn set_version(&self, version: u32) {
        self.version.store(version, SeqCst);
    }

    pub(crate) fn answer_the_first(&self) {
        self.told.tell();
    }

    /// Says that it reads something else now.
    pub(crate) fn changed(&self) {
        // Not under the lock, which the checker does not know: another thread may want it in the middle.
        let changed = self.changed.lock().unwrap().clone();
        changed.unwrap().notify();
    }
}

struct Inside<'a>(&'a AtomicU32);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

#[async_trait]
impl TokenSource for Source {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let call = self.calls.fetch_add(1, SeqCst) + 1;
        let others = self.inside.fetch_add(1, SeqCst);
        let _inside = Inside(&self.inside);
        assert!(others == 0 || !self.one_at_a_time, "two flights at once");
        *self.changed.lock().unwrap() = Some(cx.changed());
        let version = self.version.load(SeqCst);
        match self.answers {
            Answers::AtOnce => {}
            Answers::AfterOthers => after_others().await,
            Answers::Never => std::future::pending().await,
            Answers::FirstWhenTold if call > 1 => {}
            Answers::FirstWhenTold => poll_fn(|cx| self.told.poll(cx)).await,
        }
        Ok(Token::bearer(format!("v{version}")).expires_in(Duration::from_secs(3600)))
    }
}

async fn after_others() {
    let mut is_time = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut is_time, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Something that is said once, to one task.
struct Told {
    told: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Default for Told {
    fn default() -> Self {
        Self { told: AtomicBool::new(false), waker: Mutex::new(None) }
    }
}

impl Told {
    fn tell(&self) {
        self.told.store(true, SeqCst);
        let waker = self.waker.lock().unwrap().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        *self.waker.lock().unwrap() = Some(cx.waker().clone());
        if self.told.load(SeqCst) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// A clock that a model sets, timers that never fire, a thread for every task.
struct Threads {
    tasks: Tasks,
    clock: AtomicU64,
    threads: Plain<Vec<thread::JoinHandle<()>>>,
}

impl Threads {
    fn join(&self) {
        // One after the other, and not under the lock: a thread may start another.
        while let Some(thread) = { self.threads.lock().unwrap().pop() } {
            thread.join().unwrap();
        }
    }
}

struct Shared(Arc<Threads>);

impl Runtime for Shared {
    fn now(&self) -> Moment {
        let seconds = self.0.clock.load(SeqCst);
        Moment::new(Duration::from_secs(seconds), UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds))
    }

    fn sleep_until(&self, _deadline: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }

    fn can_spawn(&self) -> bool {
        true
    }

    fn spawn(&self, task: Task) -> Result<Abort, Task> {
        let mut threads = self.0.threads.lock().unwrap();
        if self.0.tasks == Tasks::FirstIsLost && threads.is_empty() {
            threads.push(thread::spawn(move || drop(task)));
            return Ok(Abort::new(|| {}));
        }
        if self.0.tasks == Tasks::RunOn {
            threads.push(thread::spawn(move || block_on(task)));
            return Ok(Abort::new(|| {}));
        }
        let aborted = Arc::new(Told::default());
        let abort = Arc::clone(&aborted);
        threads.push(thread::spawn(move || block_on(until_aborted(task, &aborted))));
        Ok(Abort::new(move || abort.tell()))
    }

    fn random(&self) -> f64 {
        0.0
    }
}

async fn until_aborted(mut task: Task, aborted: &Told) {
    poll_fn(|cx| if aborted.poll(cx).is_ready() { Poll::Ready(()) } else { task.as_mut().poll(cx) }).await;
}
