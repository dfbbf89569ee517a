//! An emulator, an authenticator and a client of one front end, on a clock that is moved.
//!
//! | module | idea |
//! | --- | --- |
//! | [`sending`] | its requests, and what comes of each |
//! | [`verdict`] | what it came to |

mod sending;
mod verdict;

use std::marker::PhantomData;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, UNIX_EPOCH};

use auth_core::runtime::{FakeRuntime, Runtime as _};
use auth_core::{Authenticator, Builder, Transport};
use auth_emulator::Emulator;
use bytes::Bytes;

use crate::front::Front;
use crate::rig::{Client, Replay};
use crate::scenarios;

pub(crate) use verdict::Seen;

/// What the emulator keeps of a body.
const LARGEST: usize = 128 << 20;

/// An exchange over loopback takes fewer turns of the event loop.
const TURNS: usize = 30;

pub(crate) struct Scene<F> {
    pub(crate) emulator: Emulator,
    /// Of the authenticator and the emulator. It stands still unless the scenario moves it.
    pub(crate) clock: FakeRuntime,
    pub(crate) auth: Authenticator,
    /// Where its requests go.
    api: String,
    client: Client,
    begun: Begun,
    /// By how many seconds our wall clock is ahead of the emulator's.
    ahead: Arc<AtomicI64>,
    /// How long it took, if that was long ago.
    took: Mutex<Option<Duration>>,
    /// What was sent, by its number; what came of it, in order; what was said in errors.
    sent: Mutex<Vec<Bytes>>,
    ended: AtomicUsize,
    outcomes: Mutex<Vec<String>>,
    said: Mutex<Vec<String>>,
    /// Besides the emulator's API key and the tokens it issued.
    secrets: Mutex<Vec<String>>,
    losses: Mutex<Vec<String>>,
    not_ours: Mutex<Vec<String>>,
    front: PhantomData<F>,
}

/// Where the time of a scene comes from.
pub(crate) enum Time {
    /// A clock that is moved, ours and the emulator's.
    Moved(FakeRuntime),
    /// The same, with our wall clock so many seconds ahead of the emulator's.
    Apart(FakeRuntime, i64),
    /// The world's, and tokio's timers and tasks.
    Real,
}

/// When it began: on the monotonic clock, for walls are moved.
enum Begun {
    Moved(Duration),
    Real(Instant),
}

/// An emulator on a clock that stands still.
pub(crate) async fn emulator() -> (Emulator, FakeRuntime) {
    let clock = FakeRuntime::new();
    let walls = clock.clone();
    let emulator = Emulator::builder().with_clock(move || walls.wall()).with_body_limit(LARGEST);
    (emulator.start().await.unwrap(), clock)
}

impl<F: Front> Scene<F> {
    /// With the emulator's API key, exchanged at its token endpoint.
    pub(crate) async fn new() -> Self {
        Self::with(scenarios::api_key).await
    }

    /// With a source of the scenario's own.
    pub(crate) async fn with(builder: impl FnOnce(&Emulator) -> Builder) -> Self {
        Self::at(Time::Moved(FakeRuntime::new()), builder).await
    }

    /// With a time of its own, too.
    pub(crate) async fn at(time: Time, builder: impl FnOnce(&Emulator) -> Builder) -> Self {
        Self::through(F::transport(), time, builder).await
    }

    /// And with a transport of its own.
    pub(crate) async fn through(
        transport: impl Transport,
        time: Time,
        builder: impl FnOnce(&Emulator) -> Builder,
    ) -> Self {
        let (clock, ahead, is_real) = match time {
            Time::Moved(clock) => (clock, 0, false),
            Time::Apart(clock, ahead) => (clock, ahead, false),
            Time::Real => (FakeRuntime::new(), 0, true),
        };
        let (walls, ahead) = (clock.clone(), Arc::new(AtomicI64::new(ahead)));
        let apart = Arc::clone(&ahead);
        let emulator = match is_real {
            true => Emulator::builder(),
            false => Emulator::builder().with_clock(move || {
                let seconds = Duration::from_secs(apart.load(Ordering::SeqCst).unsigned_abs());
                let ours = walls.wall();
                if apart.load(Ordering::SeqCst) < 0 {
                    ours + seconds
                } else {
                    ours.checked_sub(seconds).unwrap_or(UNIX_EPOCH)
                }
            }),
        };
        let emulator = emulator.with_body_limit(LARGEST).start().await.unwrap();
        let builder = builder(&emulator).for_origins([emulator.url()]).transport(transport);
        let builder = if is_real { builder } else { builder.runtime(clock.clone()) };
        let begun = if is_real { Begun::Real(Instant::now()) } else { Begun::Moved(clock.now().monotonic()) };
        let api = emulator.api_url();
        Self::assembled(emulator, clock, begun, builder, api, F::client, ahead)
    }

    /// With everything of the scenario's own, on a clock that is moved.
    pub(crate) fn made(
        emulator: Emulator,
        clock: FakeRuntime,
        builder: Builder,
        api: String,
        client: impl FnOnce(Authenticator, Replay) -> Client,
    ) -> Self {
        let (builder, begun) = (builder.runtime(clock.clone()), Begun::Moved(clock.now().monotonic()));
        Self::assembled(emulator, clock, begun, builder, api, client, Arc::default())
    }

    fn assembled(
        emulator: Emulator,
        clock: FakeRuntime,
        begun: Begun,
        builder: Builder,
        api: String,
        client: impl FnOnce(Authenticator, Replay) -> Client,
        ahead: Arc<AtomicI64>,
    ) -> Self {
        let auth = builder.build().unwrap();
        Self {
            client: client(auth.clone(), Replay::Bodies),
            begun,
            ahead,
            took: Mutex::default(),
            emulator,
            clock,
            auth,
            api,
            sent: Mutex::default(),
            ended: AtomicUsize::new(0),
            outcomes: Mutex::default(),
            said: Mutex::default(),
            secrets: Mutex::default(),
            losses: Mutex::default(),
            not_ours: Mutex::default(),
            front: PhantomData,
        }
    }

    /// Another secret that must not show.
    pub(crate) fn keep_secret(&self, secret: impl Into<String>) {
        self.secrets.lock().unwrap().push(secret.into());
    }

    /// The program is started anew, with this source.
    pub(crate) fn restarted(&mut self, builder: Builder) {
        let builder = builder.for_origins([self.emulator.url()]).transport(F::transport());
        let builder = match self.begun {
            Begun::Moved(_) => builder.runtime(self.clock.clone()),
            Begun::Real(_) => builder,
        };
        self.auth = builder.build().unwrap();
        self.client = F::client(self.auth.clone(), Replay::Bodies);
    }

    /// A token that is good, and nobody's to use here.
    pub(crate) fn must_not_be_sent(&self, token: impl Into<String>) {
        self.not_ours.lock().unwrap().push(token.into());
    }

    /// Somebody sets our wall clock, and not the emulator's.
    pub(crate) fn step_wall(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
        self.clock.step_wall(seconds);
    }

    /// Lets go of the authenticator, and of the client with all of its connections.
    pub(crate) fn let_go(&mut self) {
        self.auth = Authenticator::none_needed();
        self.client = Client::new(|_| unreachable!("nothing is sent after that"));
    }

    /// Lets the scene's clock run, a hundred times as fast as the world's, until this is dropped. It stops for whatever can go on
    /// without it: a scenario has a thread of its own.
    pub(crate) fn let_time_pass(&self) -> TimePasses {
        let clock = self.clock.clone();
        TimePasses(tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                for _ in 0..TURNS {
                    tokio::task::yield_now().await;
                }
                clock.advance(Duration::from_millis(100));
            }
        }))
    }

    /// What comes now is no part of how long it took.
    pub(crate) fn stop_the_watch(&self) {
        *self.took.lock().unwrap() = Some(self.passed());
    }

    fn passed(&self) -> Duration {
        match self.begun {
            Begun::Moved(begun) => self.clock.now().monotonic().saturating_sub(begun),
            Begun::Real(begun) => begun.elapsed(),
        }
    }
}

/// Time passes as long as this is here.
pub(crate) struct TimePasses(tokio::task::JoinHandle<()>);

impl Drop for TimePasses {
    fn drop(&mut self) {
        self.0.abort();
    }
}
