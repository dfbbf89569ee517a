//! Callers, answers, clocks and endings in random order, and what holds through all of them.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, SystemTime};

use auth_core::adapter::{Recover, Recovery};
use auth_core::runtime::FakeRuntime;
use auth_core::{
    Acquire, Authenticator, Changed, Credential, Error, ErrorKind, FetchContext, Shutdown, Token, source_fn,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};

use super::scripted::poll_once;

/// How many sequences of events, if this does not say; then they are the same every time.
const VARIABLE: &str = "CASES";
const SHORT: u32 = 300;
const EVENTS: usize = 60;

#[derive(Clone, Debug)]
enum Event {
    /// A new caller, polled once; seconds of life that it asks for.
    Call(u64),
    /// A caller looks again, or goes.
    Poll(prop::sample::Index),
    Leave(prop::sample::Index),
    /// The source answers: with a token of so many seconds, or with an error.
    Bring(u64),
    Refuse(bool),
    /// A request with the newest token, or with one of so many before, is answered 401.
    Reject(u64),
    Pass(u64),
    Suspend(u64),
    Invalidate,
    Change,
    Shutdown,
}

fn event() -> impl Strategy<Value = Event> {
    let seconds = || prop::sample::select(vec![1, 5, 10, 29, 31, 61, 450, 600, 2700, 3600]);
    prop_oneof![
        8 => prop_oneof![3 => Just(0), 1 => seconds()].prop_map(Event::Call),
        4 => any::<prop::sample::Index>().prop_map(Event::Poll),
        2 => any::<prop::sample::Index>().prop_map(Event::Leave),
        6 => prop::sample::select(vec![0, 10, 60, 600, 3600]).prop_map(Event::Bring),
        3 => any::<bool>().prop_map(Event::Refuse),
        2 => (0..3_u64).prop_map(Event::Reject),
        4 => seconds().prop_map(Event::Pass),
        1 => seconds().prop_map(Event::Suspend),
        1 => Just(Event::Invalidate),
        1 => Just(Event::Change),
        1 => prop::bool::weighted(0.1).prop_map(|ends| if ends { Event::Shutdown } else { Event::Call(0) }),
    ]
}

/// What the source is doing, and what it is to say.
#[derive(Default)]
struct Inside {
    answer: Option<Result<u64, bool>>,
    waiting: Option<Waker>,
    running: u32,
    changed: Option<Changed>,
    rules: Rules,
}

/// The reference: of all tokens that were ever brought, which may be handed out.
#[derive(Default)]
struct Rules {
    /// When each ends, and how often the source had changed when it was asked for.
    tokens: Vec<(SystemTime, u32)>,
    /// So many of them were forgotten.
    forgotten: usize,
    changes: u32,
    /// Which token each generation is.
    generations: Vec<usize>,
}

impl Rules {
    fn check(&mut self, credential: &Credential, rejected: u64, now: SystemTime) -> TestCaseResult {
        let token: usize = credential.secret().unwrap().expose().parse().unwrap();
        let (end, changes) = self.tokens[token];
        prop_assert!(now < end, "token {token} is over");
        prop_assert!(token >= self.forgotten, "token {token} was forgotten");
        prop_assert_eq!(changes, self.changes, "token {} is of before a change", token);
        let generation = usize::try_from(credential.generation()).unwrap();
        prop_assert!(credential.generation() > rejected, "generation {generation} was rejected");
        prop_assert!(generation >= self.generations.len(), "generation {generation} after a newer one");
        // Some may have been handed to nobody.
        self.generations.resize(generation, token);
        prop_assert_eq!(self.generations[generation - 1], token, "generation {} is two tokens", generation);
        Ok(())
    }
}

struct Running(Arc<Mutex<Inside>>);

impl Running {
    fn begin(inside: &Arc<Mutex<Inside>>, cx: &FetchContext) -> Self {
        let mut begun = inside.lock().unwrap();
        begun.running += 1;
        begun.changed = Some(cx.changed());
        Self(Arc::clone(inside))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.lock().unwrap().running -= 1;
    }
}

async fn fetch(inside: Arc<Mutex<Inside>>, cx: FetchContext) -> Result<Token, Error> {
    let _running = Running::begin(&inside, &cx);
    let changes = inside.lock().unwrap().rules.changes;
    let answer = poll_fn(|cx| {
        let mut inside = inside.lock().unwrap();
        inside.waiting = Some(cx.waker().clone());
        inside.answer.take().map_or(Poll::Pending, Poll::Ready)
    })
    .await;
    match answer {
        Ok(seconds) => {
            let (mut inside, life) = (inside.lock().unwrap(), Duration::from_secs(seconds));
            inside.rules.tokens.push((cx.started().wall() + life, changes));
            Ok(Token::bearer((inside.rules.tokens.len() - 1).to_string()).expires_in(life))
        }
        Err(true) => Err(Error::transient("down")),
        Err(false) => Err(Error::misconfigured("no")),
    }
}

/// A caller, and whether it was woken since it last looked.
struct Caller {
    waits: Waits,
    woken: Arc<Flag>,
}

enum Waits {
    Token(Acquire),
    Recover(u64, Recover),
    Shutdown(Shutdown),
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

struct World {
    auth: Authenticator,
    runtime: FakeRuntime,
    inside: Arc<Mutex<Inside>>,
    callers: Vec<Caller>,
    closed: bool,
}

impl World {
    fn new() -> Self {
        let (inside, runtime) = (Arc::<Mutex<Inside>>::default(), FakeRuntime::new());
        let of_source = Arc::clone(&inside);
        let source = source_fn(move |cx| fetch(Arc::clone(&of_source), cx));
        let auth = Authenticator::builder(source).anywhere().runtime(runtime.clone()).build().unwrap();
        Self { auth, runtime, inside, callers: Vec::new(), closed: false }
    }

    fn step(&mut self, event: Event) -> TestCaseResult {
        match event {
            Event::Call(seconds) => self.enter(Waits::Token(self.auth.token(Duration::from_secs(seconds))))?,
            Event::Poll(which) if !self.callers.is_empty() => self.poll(which.index(self.callers.len()))?,
            Event::Leave(which) if !self.callers.is_empty() => {
                drop(self.callers.swap_remove(which.index(self.callers.len())));
            }
            Event::Poll(_) | Event::Leave(_) => {}
            Event::Bring(seconds) => self.answer(Ok(seconds)),
            Event::Refuse(is_transient) => self.answer(Err(is_transient)),
            Event::Reject(older) => {
                let newest = self.inside.lock().unwrap().rules.generations.len() as u64;
                let Some(rejected) = newest.checked_sub(older).filter(|generation| *generation > 0) else {
                    return Ok(());
                };
                match self.auth.recover(rejected) {
                    Recovery::Resend(credential) => self.check(&credential, rejected)?,
                    Recovery::Wait(recover) => self.enter(Waits::Recover(rejected, recover))?,
                    Recovery::Return(_) => {}
                }
            }
            Event::Pass(seconds) => self.runtime.advance(Duration::from_secs(seconds)),
            Event::Suspend(seconds) => self.runtime.suspend(Duration::from_secs(seconds)),
            Event::Invalidate => {
                self.auth.invalidate();
                let rules = &mut self.inside.lock().unwrap().rules;
                rules.forgotten = rules.tokens.len();
            }
            Event::Change => {
                let changed = self.inside.lock().unwrap().changed.clone();
                let Some(changed) = changed else { return Ok(()) };
                changed.notify();
                self.inside.lock().unwrap().rules.changes += 1;
            }
            Event::Shutdown => {
                self.closed = true;
                self.enter(Waits::Shutdown(self.auth.shutdown()))?;
            }
        }
        self.runtime.run_until_idle();
        prop_assert!(self.inside.lock().unwrap().running <= 1, "two flights at once");
        Ok(())
    }

    fn answer(&self, answer: Result<u64, bool>) {
        let waker = {
            let mut inside = self.inside.lock().unwrap();
            inside.answer = (inside.running > 0).then_some(answer);
            inside.waiting.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    fn check(&self, credential: &Credential, rejected: u64) -> TestCaseResult {
        self.inside.lock().unwrap().rules.check(credential, rejected, self.runtime.wall())
    }

    fn enter(&mut self, waits: Waits) -> TestCaseResult {
        self.callers.push(Caller { waits, woken: Arc::default() });
        self.poll(self.callers.len() - 1)
    }

    fn poll(&mut self, index: usize) -> TestCaseResult {
        let caller = &mut self.callers[index];
        caller.woken.0.store(false, SeqCst);
        let waker = Waker::from(Arc::clone(&caller.woken));
        let cx = &mut Context::from_waker(&waker);
        let (outcome, rejected) = match &mut caller.waits {
            Waits::Token(acquire) => (Pin::new(acquire).poll(cx), 0),
            Waits::Recover(rejected, recover) => (Pin::new(recover).poll(cx), *rejected),
            Waits::Shutdown(shutdown) => {
                if Pin::new(shutdown).poll(cx).is_ready() {
                    drop(self.callers.swap_remove(index));
                    prop_assert!(self.auth.status().generation().is_none(), "it is closed, and has a token");
                }
                return Ok(());
            }
        };
        let Poll::Ready(outcome) = outcome else { return Ok(()) };
        drop(self.callers.swap_remove(index));
        match outcome {
            Ok(credential) => self.check(&credential, rejected),
            Err(_) => Ok(()),
        }
    }

    /// Whoever still waits is woken: by an answer, or by its deadline.
    fn end(mut self) -> TestCaseResult {
        for _ in 0..100 {
            self.answer(Ok(3600));
            self.runtime.advance(Duration::from_secs(1));
            while let Some(index) = self.callers.iter().position(|caller| caller.woken.0.load(SeqCst)) {
                self.poll(index)?;
                self.runtime.run_until_idle();
            }
        }
        prop_assert_eq!(self.callers.len(), 0, "nobody wakes them");
        if self.closed {
            let late = poll_once(&mut self.auth.token(Duration::ZERO));
            prop_assert!(matches!(late, Poll::Ready(Err(error)) if error.kind() == ErrorKind::Closed));
        } else {
            self.inside.lock().unwrap().answer = Some(Ok(3600));
            prop_assert!(self.runtime.block_on(self.auth.token(Duration::ZERO)).is_ok(), "there is no way back");
        }
        let Self { auth, runtime, inside, .. } = self;
        drop(auth);
        runtime.run_until_idle();
        prop_assert_eq!(inside.lock().unwrap().running, 0, "it runs on after the last handle");
        Ok(())
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the count is what is asked for")]
fn whatever_happens_no_caller_is_lost_and_none_gets_what_is_no_good() {
    let cases = std::env::var(VARIABLE).ok().map(|number| number.parse().expect("CASES is a number"));
    let config = Config { cases: cases.unwrap_or(SHORT), failure_persistence: None, ..Config::default() };
    let mut runner = match cases {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let (begun, transitions) = (Cell::new(0_u64), Cell::new(0_u64));
    let outcome = runner.run(&prop::collection::vec(event(), 1..=EVENTS), |events| {
        begun.set(begun.get() + 1);
        let mut world = World::new();
        for event in events {
            transitions.set(transitions.get() + 1);
            world.step(event)?;
        }
        world.end()
    });
    println!("proptest: {} cases with {} transitions of the engine", begun.get(), transitions.get());
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
