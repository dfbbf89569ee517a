//! An emulator, an authenticator and a client of one front end, on a clock that is moved.

use std::error::Error as StdError;
use std::iter;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, UNIX_EPOCH};

use auth_core::runtime::{FakeRuntime, Runtime as _};
use auth_core::{Authenticator, Builder, Transport};
use auth_emulator::{Emulator, RecordedRequest};
use bytes::Bytes;
use http::{Request, Response};

use crate::front::Front;
use crate::ledger::Ledger;
use crate::rig::client::Answer;
use crate::rig::{Client, Failed, Load, Replay};
use crate::{overheard, scenarios};

/// A request's number, so that what arrived can be compared with what was sent.
const NUMBER: &str = "x-number";

/// The client's, which needs no credential to be told apart from the API's errors.
const CLIENTS_OWN: &str = "client";

/// Of a request whose future is dropped before it has ended.
const DROPPED: &str = "dropped";

/// What the emulator keeps of a body.
const LARGEST: usize = 128 << 20;

/// An exchange over loopback takes fewer turns of the event loop.
const TURNS: usize = 30;

/// The caller has waited long enough.
const GIVEN_UP: &str = "given up";

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

/// What a scenario came to.
pub(crate) struct Seen {
    /// A status each, or the kind of an error, or `client`, which is the HTTP client's own error.
    pub(crate) outcomes: Vec<String>,
    /// Token requests, as the endpoint counted them.
    pub(crate) fetches: usize,
    /// Requests to the API.
    pub(crate) requests: usize,
    /// On the scene's clock.
    pub(crate) took: Duration,
    pub(crate) ledger: Ledger,
    /// Why it was not run.
    pub(crate) left_out: Option<&'static str>,
}

impl Seen {
    /// This build can't run it.
    pub(crate) fn left_out(why: &'static str) -> Self {
        Self {
            outcomes: Vec::new(),
            fetches: 0,
            requests: 0,
            took: Duration::ZERO,
            ledger: Ledger::default(),
            left_out: Some(why),
        }
    }

    /// And this was lost.
    pub(crate) fn and_lost(mut self, what: impl Into<String>) -> Self {
        self.ledger.lost.push(what.into());
        self
    }
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

    /// How many requests have an outcome.
    pub(crate) fn ended(&self) -> usize {
        self.ended.load(Ordering::SeqCst)
    }

    /// What came of a request that was not sent from here.
    pub(crate) fn saw(&self, outcome: impl Into<String>) {
        self.outcomes.lock().unwrap().push(outcome.into());
    }

    /// An error that is told before there is an authenticator.
    pub(crate) fn saw_error(&self, error: &auth_core::Error) {
        self.heard(said(error));
        self.saw(error.kind().to_string());
    }

    /// What somebody said, in which no secret may be.
    pub(crate) fn heard(&self, words: impl Into<String>) {
        self.said.lock().unwrap().push(words.into());
    }

    /// What was lost, beyond what shows by itself.
    pub(crate) fn lost(&self, what: impl Into<String>) {
        self.losses.lock().unwrap().push(what.into());
    }

    /// Sends a `GET` to the API, and notes what comes of it.
    pub(crate) async fn get(&self) {
        self.send("GET", Load::default()).await;
    }

    /// Sends this body to the API, and notes what comes of it.
    pub(crate) async fn post(&self, body: impl Into<Bytes>) {
        self.send("POST", Load::Bytes(body.into())).await;
    }

    /// Sends a request to the API, and notes what comes of it. A body that passes once is not compared with what arrives.
    pub(crate) async fn send(&self, method: &str, body: Load) {
        let ending = Ending(Some(self));
        let answer = self.begin(method, body).await;
        ending.with(answer);
    }

    /// The same by a caller that drops the request after this time of the scene's clock.
    pub(crate) async fn send_within(&self, patience: Duration, method: &str, body: Load) {
        let answer = self.begin(method, body);
        let until = self.clock.now().monotonic() + patience;
        tokio::select! {
            answer = answer => self.note(answer),
            () = self.clock.sleep_until(until) => self.end(GIVEN_UP.to_owned()),
        }
    }

    /// Sends a request to the API, whose outcome nobody notes.
    pub(crate) fn begin(&self, method: &str, body: Load) -> Answer {
        let number = {
            let mut sent = self.sent.lock().unwrap();
            sent.push(if let Load::Bytes(bytes) = &body { bytes.clone() } else { Bytes::new() });
            sent.len() - 1
        };
        let url = format!("{}/items", self.api);
        let request = Request::builder().method(method).uri(url).header(NUMBER, number).body(body).unwrap();
        self.client.send(request)
    }

    fn note(&self, answer: Result<Response<Bytes>, Failed>) {
        let outcome = match answer {
            Ok(response) => {
                self.said.lock().unwrap().push(format!("{:?}", response.extensions().get::<auth_core::Outcome>()));
                response.status().as_str().to_owned()
            }
            Err(Failed::Auth(error)) => {
                self.said.lock().unwrap().push(said(&error));
                error.kind().to_string()
            }
            Err(Failed::Client(error)) => {
                self.said.lock().unwrap().push(said(&*error));
                CLIENTS_OWN.to_owned()
            }
        };
        self.end(outcome);
    }

    fn end(&self, outcome: String) {
        self.outcomes.lock().unwrap().push(outcome);
        self.ended.fetch_add(1, Ordering::SeqCst);
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

    /// What came of it all.
    pub(crate) fn seen(self) -> Seen {
        let mut ledger = Ledger::default();
        let took = self.took.lock().unwrap().unwrap_or_else(|| self.passed());
        ledger.lost.append(&mut self.losses.lock().unwrap());
        let sent = self.sent.into_inner().unwrap();
        let ended = self.ended.load(Ordering::SeqCst);
        if ended != sent.len() {
            ledger.lost.push(format!("{} of {} requests have no outcome", sent.len() - ended, sent.len()));
        }
        let arrived = self.emulator.api_requests();
        for request in &arrived {
            let number = request.header(NUMBER).and_then(|number| number.parse::<usize>().ok());
            let original = number.and_then(|number| sent.get(number));
            // Of one that passed once, and of one that was cut off, there is nothing to compare with.
            if original.is_some_and(|body| !body.is_empty() && !request.body().is_empty() && body != request.body()) {
                ledger.lost.push(format!("the body of request {} arrived altered", number.unwrap_or_default()));
            }
            let is_accepted = request.status().is_some_and(|status| status.is_success());
            if is_accepted
                && (request.rejection().is_some()
                    || ["authorization", "x-api-key"].iter().all(|name| request.header(name).is_none()))
            {
                ledger.let_in.push(format!("the API accepted {request:?}"));
            }
        }
        for token in self.not_ours.lock().unwrap().drain(..) {
            if arrived.iter().any(|request| request.carries(&token)) {
                ledger.let_in.push("the API got a token that is somebody else's".to_owned());
            }
        }
        let issued = self.emulator.issued_tokens();
        let own = self.secrets.into_inner().unwrap();
        for secret in iter::once(Emulator::API_KEY.to_owned()).chain(issued).chain(own) {
            overheard::must_not_hear(secret);
        }
        for said in self.said.into_inner().unwrap() {
            overheard::must_not_show("an error or outcome shows", said);
        }
        for request in self.emulator.other_requests() {
            overheard::must_not_show("another origin got", whole(&request));
        }
        Seen {
            outcomes: self.outcomes.into_inner().unwrap(),
            fetches: self.emulator.token_request_count(),
            requests: arrived.len(),
            took,
            ledger,
            left_out: None,
        }
    }
}

/// Notes that a request was dropped, unless something came of it.
struct Ending<'a, F: Front>(Option<&'a Scene<F>>);

impl<F: Front> Ending<'_, F> {
    fn with(mut self, answer: Result<Response<Bytes>, Failed>) {
        if let Some(scene) = self.0.take() {
            scene.note(answer);
        }
    }
}

impl<F: Front> Drop for Ending<'_, F> {
    fn drop(&mut self) {
        if let Some(scene) = self.0 {
            scene.end(DROPPED.to_owned());
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

/// All that arrived of a request.
fn whole(request: &RecordedRequest) -> Vec<u8> {
    let headers =
        request.headers().iter().map(|(name, value)| [name.as_str().as_bytes(), b": ", value.as_bytes()].concat());
    let mut parts = vec![request.path().as_bytes().to_vec(), request.query().unwrap_or_default().into()];
    parts.extend(headers);
    parts.push(request.body().to_vec());
    parts.join(&b'\n')
}

/// All that an error shows in any way.
fn said(error: &(dyn StdError + 'static)) -> String {
    let causes = iter::successors(Some(error), |&error| error.source());
    causes.map(|error| format!("{error} {error:?} {error:#?} ")).collect()
}
