//! A runtime whose time moves only when a test says so.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::moment::nanos;
use super::{Abort, Moment, Runtime, Sleep, Task};

/// A fake clock, fake timers and a small executor in one, for tests that want an hour to pass in a microsecond.
///
/// Time stands still until [`advance`](FakeRuntime::advance) moves it; timers fire on the way, in order. The clocks can
/// also part: [`suspend`](FakeRuntime::suspend) is a laptop's lid, [`step_wall`](FakeRuntime::step_wall) somebody setting
/// the clock. Tasks run on the caller's tokio runtime if there is one, so that real I/O works; else inside
/// [`block_on`](FakeRuntime::block_on), [`advance`](FakeRuntime::advance) and
/// [`run_until_idle`](FakeRuntime::run_until_idle), one at a time and in the same order every time.
///
/// It starts at 2026-11-22T00:00:00Z, without jitter. Clones share one clock. Pauses between the tries of one
/// acquisition are 0 by default, for they are all jitter; [`set_random(0.999)`](FakeRuntime::set_random) shows them.
///
/// ```
/// use auth_core::{Authenticator, Token, runtime::FakeRuntime, source_fn};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let runtime = FakeRuntime::new();
/// let source = source_fn(|_cx| async { Ok(Token::bearer("t").expires_in(Duration::from_secs(60))) });
/// let auth = Authenticator::builder(source).anywhere().runtime(runtime.clone()).build()?;
/// runtime.block_on(auth.token(Duration::ZERO))?;
/// runtime.advance(Duration::from_secs(61));
/// assert!(auth.status().remaining().is_none(), "it has expired");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FakeRuntime(Arc<Mutex<World>>);

struct World {
    monotonic: u64,
    wall: u64,
    boot: Option<u64>,
    random: f64,
    timers: BTreeMap<(u64, u64), Waker>,
    timer_ids: u64,
    ready: VecDeque<Arc<Spawned>>,
}

impl Default for FakeRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for FakeRuntime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FakeRuntime").field("now", &self.now()).finish_non_exhaustive()
    }
}

impl FakeRuntime {
    /// A world that has just begun.
    pub fn new() -> Self {
        const START: u64 = 1_795_305_600_000_000_000; // 2026-11-22T00:00:00Z
        const UP: u64 = 1_000_000_000_000; // so that no reading is near 0
        Self(Arc::new(Mutex::new(World {
            monotonic: UP,
            wall: START,
            boot: Some(UP),
            random: 0.0,
            timers: BTreeMap::new(),
            timer_ids: 0,
            ready: VecDeque::new(),
        })))
    }

    /// Takes the boot clock away, as on systems that have none.
    #[must_use]
    pub fn without_boot_clock(self) -> Self {
        self.world().boot = None;
        self
    }

    /// What [`Runtime::random`] returns from now on, in `[0, 1)`. Default 0: no jitter, and no pause between the tries
    /// of one acquisition but for a `Retry-After`.
    pub fn set_random(&self, value: f64) {
        self.world().random = value;
    }

    /// Lets time pass on all clocks: every timer on the way fires at its own time, and what it wakes runs then.
    pub fn advance(&self, by: Duration) {
        let target = self.world().monotonic.saturating_add(nanos(by));
        self.run_until_idle();
        while let Some(waker) = self.next_timer(target) {
            waker.wake();
            self.run_until_idle();
        }
        let mut world = self.world();
        let rest = target.saturating_sub(world.monotonic);
        world.pass(rest);
        drop(world);
        self.run_until_idle();
    }

    /// The machine sleeps: wall and boot time pass, monotonic time and timers do not.
    pub fn suspend(&self, by: Duration) {
        let mut world = self.world();
        world.wall += nanos(by);
        world.boot = world.boot.map(|boot| boot + nanos(by));
    }

    /// Somebody sets the wall clock, forward or back; no time passes.
    pub fn step_wall(&self, seconds: i64) {
        let mut world = self.world();
        let by = nanos(Duration::from_secs(seconds.unsigned_abs()));
        world.wall = if seconds < 0 { world.wall.saturating_sub(by) } else { world.wall + by };
    }

    /// The wall clock as it stands.
    pub fn wall(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.world().wall)
    }

    /// Runs every task that can run, without moving time.
    pub fn run_until_idle(&self) {
        while let Some(task) = self.next_task() {
            task.run();
        }
    }

    /// Runs a future, and the tasks beside it, without moving time. Pauses between tries are 0 by default, and need
    /// none: [`set_random(0.999)`](Self::set_random) shows them.
    ///
    /// # Panics
    /// If the future waits for something that only time can bring.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.block_on_within(Duration::ZERO, future)
    }

    /// Runs a future, and the tasks beside it, and lets time pass where they wait for it, up to `limit`.
    ///
    /// # Panics
    /// If the future is not ready by then.
    pub fn block_on_within<F: Future>(&self, limit: Duration, future: F) -> F::Output {
        let deadline = self.world().monotonic.saturating_add(nanos(limit));
        let mut future = pin!(future);
        let woken = Arc::new(Woken(Mutex::new(true)));
        let waker = Waker::from(Arc::clone(&woken));
        loop {
            if std::mem::take(&mut *woken.0.lock().unwrap_or_else(PoisonError::into_inner)) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return output;
                }
            } else if let Some(task) = self.next_task() {
                task.run();
            } else if let Some(waker) = self.next_timer(deadline) {
                waker.wake();
            } else {
                panic!("the future waits for time to pass, or for ever: call advance() before, or block_on_within()");
            }
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_task(&self) -> Option<Arc<Spawned>> {
        self.world().ready.pop_front()
    }

    /// The earliest timer up to `target`, with the clocks moved to it.
    fn next_timer(&self, target: u64) -> Option<Waker> {
        let mut world = self.world();
        let entry = world.timers.first_entry()?;
        let deadline = entry.key().0;
        if deadline > target {
            return None;
        }
        let waker = entry.remove();
        let by = deadline.saturating_sub(world.monotonic);
        world.pass(by);
        Some(waker)
    }
}

impl World {
    fn pass(&mut self, by: u64) {
        self.monotonic += by;
        self.wall += by;
        self.boot = self.boot.map(|boot| boot + by);
    }
}

impl Runtime for FakeRuntime {
    fn now(&self) -> Moment {
        let world = self.world();
        Moment { monotonic: world.monotonic, wall: world.wall, boot: world.boot }
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        Box::pin(Timer { runtime: self.clone(), deadline: nanos(deadline), id: None })
    }

    fn can_spawn(&self) -> bool {
        true
    }

    fn spawn(&self, task: Task) -> Result<Abort, Task> {
        if let Ok(tokio) = tokio::runtime::Handle::try_current() {
            let handle = tokio.spawn(task).abort_handle();
            return Ok(Abort::new(move || handle.abort()));
        }
        let spawned = Arc::new(Spawned {
            future: Mutex::new(Some(task)),
            cancelled: AtomicBool::new(false),
            runtime: self.clone(),
        });
        self.world().ready.push_back(Arc::clone(&spawned));
        Ok(Abort::new(move || spawned.cancel()))
    }

    fn random(&self) -> f64 {
        self.world().random
    }
}

/// A task on the built-in executor.
struct Spawned {
    future: Mutex<Option<Task>>,
    cancelled: AtomicBool,
    runtime: FakeRuntime,
}

impl Spawned {
    fn run(self: Arc<Self>) {
        let waker = Waker::from(Arc::clone(&self));
        // Taken out while it runs, so that a wake or an abort from inside finds no lock held.
        let Some(mut future) = self.future.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() && !self.cancelled.load(Ordering::SeqCst)
        {
            *self.future.lock().unwrap_or_else(PoisonError::into_inner) = Some(future);
        }
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        let future = self.future.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(future);
    }
}

impl Wake for Spawned {
    fn wake(self: Arc<Self>) {
        let runtime = self.runtime.clone();
        runtime.world().ready.push_back(self);
    }
}

struct Woken(Mutex<bool>);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }
}

/// One timer; registered while it waits, gone when it is dropped.
struct Timer {
    runtime: FakeRuntime,
    deadline: u64,
    id: Option<u64>,
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let runtime = self.runtime.clone();
        let mut world = runtime.world();
        if world.monotonic >= self.deadline {
            return Poll::Ready(());
        }
        let id = *self.id.get_or_insert_with(|| {
            world.timer_ids += 1;
            world.timer_ids
        });
        world.timers.insert((self.deadline, id), cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            let waker = self.runtime.world().timers.remove(&(self.deadline, id));
            drop(waker);
        }
    }
}
