//! The whole engine, driven by a byte string: callers that wait, are dropped or come late, 401s, a source that answers, fails or
//! hangs, clocks that jump. One call of the source at a time, no token that is over or was forgotten, generations that grow, and
//! whoever waits is woken.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, SystemTime};

use auth_core::adapter::{Judgement, Recovery, Sent};
use auth_core::runtime::{FakeRuntime, Moment, Runtime};
use auth_core::{Authenticator, Changed, Credential, Error, ErrorKind, FetchContext, Policy, Token, source_fn};
use http::{HeaderMap, StatusCode};

use crate::canary::check_error;

const TIMES: [u64; 16] = [
    0,
    1,
    500,
    1_000,
    4_999,
    5_000,
    10_000,
    29_999,
    30_001,
    60_000,
    299_000,
    900_000,
    3_600_000,
    7_200_000,
    86_400_000,
    2_600_000_000,
];

/// More events than this say nothing new.
const MOST_EVENTS: usize = 400;

/// What the source does next; what it was told, and did.
#[derive(Default)]
struct Stage {
    answers: VecDeque<Answer>,
    running: usize,
    calls: u64,
    changes: u64,
    changed: Option<Changed>,
    tokens: BTreeMap<String, Minted>,
    last: String,
}

#[derive(Clone, Copy)]
struct Answer {
    kind: u8,
    life: Duration,
    delay: Duration,
}

struct Minted {
    /// The changes of the source that there had been when it was read.
    changes: u64,
    /// Each time that it was served: when, how long it lives from then, and its end if that was said as one.
    lives: Vec<(Moment, Option<Duration>)>,
}

struct Call(Arc<Mutex<Stage>>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.lock().expect("nobody panics").running -= 1;
    }
}

type Waiting = Pin<Box<dyn Future<Output = Result<Credential, Error>>>>;

struct Caller {
    future: Waiting,
    woken: Arc<Woken>,
    /// The generation that was rejected, for whoever asks because of that.
    rejected: u64,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Driver<'a> {
    script: std::slice::Iter<'a, u8>,
    stage: Arc<Mutex<Stage>>,
    clock: FakeRuntime,
    auth: Authenticator,
    callers: Vec<Caller>,
    generation: u64,
    /// Up to which generation all were forgotten.
    forgotten: u64,
}

pub fn check(data: &[u8]) {
    let mut script = data.iter();
    let first = script.next().copied().unwrap_or_default();
    let clock = if first & 1 == 0 { FakeRuntime::new() } else { FakeRuntime::new().without_boot_clock() };
    clock.set_random(f64::from(first >> 4) / 16.0);
    let stage = Arc::new(Mutex::new(Stage::default()));
    let source = {
        let (stage, clock) = (Arc::clone(&stage), clock.clone());
        source_fn(move |cx| fetch(cx, Arc::clone(&stage), clock.clone()))
    };
    let builder = Authenticator::builder(source).for_origins(["https://api.acme.example"]).runtime(clock.clone());
    let auth = builder.build().expect("an authenticator");
    let mut driver = Driver { script, stage, clock, auth, callers: Vec::new(), generation: 0, forgotten: 0 };
    for _ in 0..MOST_EVENTS {
        let Some(event) = driver.script.next() else { break };
        driver.event(*event);
        driver.look();
    }
    driver.end();
}

async fn fetch(cx: FetchContext, stage: Arc<Mutex<Stage>>, clock: FakeRuntime) -> Result<Token, Error> {
    let (answer, changes) = {
        let mut stage = stage.lock().expect("nobody panics");
        stage.running += 1;
        stage.calls += 1;
        stage.changed = Some(cx.changed());
        assert_eq!(stage.running, 1, "two calls of the source at once");
        let usual = Answer { kind: 0, life: Duration::from_secs(3600), delay: Duration::ZERO };
        (stage.answers.pop_front().unwrap_or(usual), stage.changes)
    };
    let _call = Call(Arc::clone(&stage));
    if !answer.delay.is_zero() {
        clock.sleep_until(cx.now().monotonic() + answer.delay).await;
    }
    let kind = match answer.kind % 8 {
        5 => Some(ErrorKind::Transient),
        6 => Some(ErrorKind::Rejected),
        7 => Some(ErrorKind::InteractionRequired),
        _ => None,
    };
    if let Some(kind) = kind {
        let pause = (answer.kind & 8 != 0).then_some(answer.life);
        return Err(Error::new(kind, "the source failed").with_retry_after(pause));
    }
    let mut stage = stage.lock().expect("nobody panics");
    if answer.kind & 16 == 0 || stage.last.is_empty() {
        stage.last = format!("token-{}", stage.calls);
    }
    let last = stage.last.clone();
    let minted = stage.tokens.entry(last.clone()).or_insert_with(|| Minted { changes, lives: Vec::new() });
    minted.changes = minted.changes.max(changes);
    let token = Token::bearer(last);
    let (token, life) = match answer.kind % 8 {
        0 | 1 => (token.expires_in(answer.life), Some(answer.life)),
        2 => (token.expires_at(cx.started().wall() + answer.life).found(), Some(answer.life)),
        3 => (token.expires_in(answer.life).refresh_in(answer.life / 3), Some(answer.life)),
        _ => (token.recheck(answer.life), None),
    };
    minted.lives.push((cx.started(), life));
    Ok(token)
}

impl Driver<'_> {
    fn byte(&mut self) -> u8 {
        self.script.next().copied().unwrap_or_default()
    }

    fn time(&mut self) -> Duration {
        let byte = self.byte();
        Duration::from_millis(TIMES[usize::from(byte & 15)] * (u64::from(byte >> 4) + 1))
    }

    fn event(&mut self, event: u8) {
        match event % 16 {
            0 | 1 => {
                let by = self.time();
                self.clock.advance(by);
            }
            2 => {
                let by = self.time();
                self.clock.suspend(by);
            }
            3 => {
                let by = i64::from(self.byte() as i8) * 997;
                self.clock.step_wall(by);
            }
            4 | 5 => self.wants(Duration::ZERO),
            6 => {
                let least = self.time();
                self.wants(least);
            }
            7 | 8 => self.request(),
            9 => {
                let at = usize::from(self.byte());
                if !self.callers.is_empty() {
                    let at = at % self.callers.len();
                    drop(self.callers.swap_remove(at));
                }
            }
            10..=12 => {
                let (kind, life, delay) = (self.byte(), self.time(), self.byte());
                let delay = if delay & 1 == 0 { Duration::ZERO } else { Duration::from_millis(u64::from(delay) * 300) };
                self.stage().answers.push_back(Answer { kind, life, delay });
            }
            13 => self.forget(),
            14 => self.clock.run_until_idle(),
            _ => {
                // Most of the time it would be over too soon.
                if self.byte() == 0xf0 {
                    drop(self.auth.shutdown());
                }
            }
        }
    }

    fn stage(&self) -> std::sync::MutexGuard<'_, Stage> {
        self.stage.lock().expect("nobody panics")
    }

    fn wants(&mut self, least: Duration) {
        let future = self.auth.token(least);
        self.wait(Box::pin(future), 0);
    }

    fn wait(&mut self, future: Waiting, rejected: u64) {
        self.callers.push(Caller { future, woken: Arc::new(Woken(AtomicBool::new(true))), rejected });
    }

    /// A request that is answered at once: with a status by the next byte.
    fn request(&mut self) {
        let mut headers = HeaderMap::new();
        let target = "https://api.acme.example/".parse().expect("a URI");
        let attached = self.auth.attach(&target, &mut headers);
        let Ok(auth_core::adapter::Attach::Ready(sent)) = attached else {
            assert!(headers.is_empty());
            return;
        };
        let Sent::With { generation } = sent else { panic!("it goes to its own origin") };
        let value = headers["authorization"].to_str().expect("a token").to_owned();
        self.served(generation, value.strip_prefix("Bearer ").expect("a bearer token"), true);
        let status = [StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN][usize::from(self.byte() % 3)];
        if self.auth.judge(sent, status, &HeaderMap::new(), None) == Judgement::Fine {
            return;
        }
        match self.auth.recover(generation) {
            Recovery::Resend(credential) => {
                assert!(credential.generation() > generation, "the rejected one once more");
                self.handed_out(&credential);
            }
            Recovery::Wait(recover) => self.wait(Box::pin(recover), generation),
            Recovery::Return(error) => check_error(&error),
        }
    }

    fn forget(&mut self) {
        match self.byte() % 4 {
            0 => self.auth.retry_now(),
            1 | 2 => {
                self.forgotten = self.auth.status().generation().unwrap_or(self.forgotten);
                self.auth.invalidate();
            }
            _ => {
                let changed = {
                    let mut stage = self.stage();
                    stage.changes += 1;
                    stage.changed.clone()
                };
                if let Some(changed) = changed {
                    self.forgotten = self.auth.status().generation().unwrap_or(self.forgotten);
                    changed.notify();
                }
            }
        }
    }

    /// Polls whoever was woken, and nobody else.
    fn look(&mut self) {
        let mut at = 0;
        while at < self.callers.len() {
            let caller = &mut self.callers[at];
            if !caller.woken.0.swap(false, Ordering::SeqCst) {
                at += 1;
                continue;
            }
            let waker = Waker::from(Arc::clone(&caller.woken));
            match caller.future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Pending => at += 1,
                Poll::Ready(result) => {
                    let caller = self.callers.swap_remove(at);
                    match result {
                        Ok(credential) => {
                            assert!(credential.generation() > caller.rejected, "the rejected one once more");
                            self.handed_out(&credential);
                        }
                        Err(error) => check_error(&error),
                    }
                }
            }
        }
    }

    fn handed_out(&mut self, credential: &Credential) {
        self.served(credential.generation(), credential.secret().expect("a token").expose(), false);
    }

    /// A hit looks at two clocks, so a sleep and a step back by no more than that sleep can be missed, for a minute.
    fn served(&mut self, generation: u64, token: &str, is_hit: bool) {
        assert!(generation >= self.generation, "an older one than before");
        assert!(generation > self.forgotten, "one that was forgotten");
        self.generation = generation;
        let now = self.clock.now();
        let margin = Policy::default().expiry_margin;
        let stage = self.stage();
        let minted = &stage.tokens[token];
        assert_eq!(minted.changes, stage.changes, "one that was read before the source changed");
        let alive = minted.lives.iter().any(|(from, life)| {
            let Some(life) = life.map(|life| life.min(Policy::default().lifetime_max).saturating_sub(margin)) else {
                return true;
            };
            let since = |from: SystemTime| now.wall().duration_since(from).unwrap_or_default();
            let by_boot = self.is_young(*from, life);
            let by_wall = since(from.wall()) < life;
            now.monotonic().saturating_sub(from.monotonic()) < life
                && by_boot.map_or(by_wall, |young| young || is_hit && by_wall)
        });
        assert!(alive, "one that is over: {token}");
    }

    /// By the boot clock, if there is one.
    fn is_young(&self, from: Moment, life: Duration) -> Option<bool> {
        let boot = self.clock.now().boot().zip(from.boot());
        boot.map(|(now, from)| now.saturating_sub(from) < life)
    }

    /// All who wait are answered when time goes by, and nothing runs on when the last handle is gone.
    fn end(mut self) {
        for _ in 0..8 {
            self.look();
            self.clock.advance(Duration::from_secs(60));
        }
        self.look();
        assert!(self.callers.is_empty(), "{} callers wait for ever", self.callers.len());
        let Self { auth, stage, clock, .. } = self;
        drop(auth);
        clock.run_until_idle();
        assert_eq!(stage.lock().expect("nobody panics").running, 0, "a call of the source outlives the last handle");
    }
}
