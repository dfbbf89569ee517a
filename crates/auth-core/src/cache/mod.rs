//! The newest token, kept by the rules of the state machine. The only place that remembers.
//!
//! `Cache` is a thin shell: it owns the pointer that hits read, the lock around the machine, and the wakers; it carries
//! out what the machine decides. Nothing of the user's is polled, woken, dropped or called while the lock is held.

mod attempt;
mod changed;
mod flight;
mod lifetime;
mod limits;
mod machine;
mod run;
mod snapshot;
mod waiter;

use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use crate::event::{Event, Listener};
use crate::runtime::{Abort, Moment, coarse_now};
use crate::sync::{AtomicBool, Mutex, Ordering, Pointer};
use crate::transport::Transport;
use crate::{Error, Policy, Runtime, TokenSource};

pub(crate) use flight::Flight;
use flight::Landing;
use machine::{Abandoned, AfterRejection, Ask, Machine, Start};

pub use changed::Changed;
pub(crate) use limits::Limits;
pub(crate) use machine::{Age, Demand, Phase};
pub(crate) use snapshot::Snapshot;
pub(crate) use waiter::Waiter;

/// What a cache is made of.
pub(crate) struct Parts {
    pub(crate) id: Arc<str>,
    pub(crate) source: Arc<dyn TokenSource>,
    pub(crate) transport: Option<Arc<dyn Transport>>,
    pub(crate) policy: Policy,
    /// `None`: the system's clocks and the caller's tokio runtime.
    pub(crate) runtime: Option<Arc<dyn Runtime>>,
    pub(crate) listener: Option<Listener>,
}

pub(crate) struct Cache {
    /// What a hit reads. Written under the lock of `state`.
    pointer: Pointer<Snapshot>,
    /// Whether the machine wants to hear of answers other than 401. Written under the lock of `state`.
    wants_answers: AtomicBool,
    /// Guards the machine and the flight's handles; never held across an await, a wake or a call of the user's code.
    state: Mutex<State>,
    id: Arc<str>,
    source: Arc<dyn TokenSource>,
    transport: Option<Arc<dyn Transport>>,
    policy: Policy,
    runtime: Arc<dyn Runtime>,
    /// Whether the clocks are the system's, so that a hit may read them without a virtual call.
    system_clock: bool,
    listener: Option<Listener>,
}

struct State {
    machine: Machine,
    flight: Option<Arc<Flight>>,
    abort: Option<Abort>,
}

/// What a caller gets.
pub(crate) enum Answer {
    Token(Arc<Snapshot>),
    Wait(Arc<Flight>),
    Fail(Error),
}

/// What to do about a 401.
pub(crate) enum Recovery {
    Newer(Arc<Snapshot>),
    Wait(Arc<Flight>),
    Return(Error),
}

/// What is known at a moment, for people.
pub(crate) struct Report {
    pub(crate) now: Moment,
    pub(crate) current: Option<(Arc<Snapshot>, Age)>,
    pub(crate) suspect: bool,
    pub(crate) refreshing: bool,
    pub(crate) closed: bool,
    pub(crate) last_error: Option<Error>,
}

impl Cache {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            pointer: Pointer::empty(),
            wants_answers: AtomicBool::new(false),
            state: Mutex::new(State { machine: Machine::new(parts.policy.clone()), flight: None, abort: None }),
            policy: parts.policy,
            id: parts.id,
            source: parts.source,
            transport: parts.transport,
            system_clock: parts.runtime.is_none(),
            runtime: parts.runtime.unwrap_or_else(|| Arc::new(crate::runtime::TokioRuntime)),
            listener: parts.listener,
        }
    }

    pub(crate) fn runtime(&self) -> Arc<dyn Runtime> {
        Arc::clone(&self.runtime)
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn shared_id(&self) -> &Arc<str> {
        &self.id
    }

    /// Whether the present token puts nothing on a request.
    pub(crate) fn needs_nothing(&self) -> bool {
        self.pointer.with(|snapshot| snapshot.is_some_and(|snapshot| snapshot.headers.is_empty()))
    }

    pub(crate) fn has_valid_token(&self) -> bool {
        let now = self.runtime.now();
        self.state.lock().machine.current(now).is_some_and(|(_, age)| age.phase != Phase::Expired)
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The current token if nothing at all is to be done but attach it: two loads, two clock reads, no lock.
    #[inline]
    pub(crate) fn hit<R>(&self, attach: impl FnOnce(&Snapshot) -> R) -> Option<R> {
        self.pointer.with(|snapshot| {
            let snapshot = snapshot?;
            snapshot.is_quiet(self.clocks()).then(|| attach(snapshot))
        })
    }

    #[inline]
    fn clocks(&self) -> (u64, u64) {
        if self.system_clock {
            coarse_now()
        } else {
            let now = self.runtime.now();
            (now.monotonic, now.wall)
        }
    }

    /// By the rules: the token, something to wait for, or a failure. Starts what the rules say is to be started.
    pub(crate) fn ask(self: &Arc<Self>, demand: Demand) -> Answer {
        let now = self.runtime.now();
        let mut state = self.state.lock();
        let abandoned = state.abandon_overdue(now);
        let ask = state.machine.ask(demand, now);
        let start = match &ask {
            Ask::Serve(start) | Ask::Wait(start) => *start,
            Ask::Fail(_) => None,
        };
        let launch = start.map(|start| (state.prepare(start, now), start));
        let flight = state.flight.clone();
        self.publish(&state, now);
        drop(state);

        abandon(abandoned);
        if let Some((flight, start)) = launch {
            self.launch(&flight, start);
        }
        match (ask, flight, self.pointer.load()) {
            (Ask::Fail(error), ..) => Answer::Fail(error.with_source_if_none(&self.id)),
            (Ask::Wait(..), Some(flight), _) => Answer::Wait(flight),
            // An inline re-read may just have replaced it; either way it is valid.
            (Ask::Serve(_), _, Some(snapshot)) => Answer::Token(snapshot),
            // Forgotten in this very moment: as if the caller had come a moment later.
            _ => self.ask(demand),
        }
    }

    /// The token of `generation` was answered 401. Starts what the rules say.
    pub(crate) fn rejected(self: &Arc<Self>, generation: u64) -> Recovery {
        let now = self.runtime.now();
        let mut state = self.state.lock();
        let abandoned = state.abandon_overdue(now);
        let after = state.machine.rejected(generation, now);
        let start = match &after {
            AfterRejection::Wait(start) => *start,
            _ => None,
        };
        let launch = start.map(|start| (state.prepare(start, now), start));
        let flight = state.flight.clone();
        self.publish(&state, now);
        drop(state);

        abandon(abandoned);
        self.emit(&Event::Rejected { generation });
        if let Some((flight, start)) = launch {
            self.launch(&flight, start);
        }
        match (after, flight, self.pointer.load()) {
            (AfterRejection::Newer, _, Some(snapshot)) => Recovery::Newer(snapshot),
            (AfterRejection::Wait(..), Some(flight), _) => Recovery::Wait(flight),
            (AfterRejection::Return(pause), ..) => Recovery::Return(not_forced(pause).with_source_if_none(&self.id)),
            _ => Recovery::Return(not_forced(Duration::ZERO).with_source_if_none(&self.id)),
        }
    }

    /// A request with the token of `generation` got an answer other than a rejection.
    #[inline]
    pub(crate) fn answered(&self, generation: u64) {
        if self.wants_answers.load(Ordering::Relaxed) {
            self.note_answer(generation);
        }
    }

    #[cold]
    fn note_answer(&self, generation: u64) {
        let mut state = self.state.lock();
        state.machine.answered(generation);
        self.wants_answers.store(state.machine.wants_answers(), Ordering::Relaxed);
    }

    /// Forgets the token, failures and pauses.
    pub(crate) fn invalidate(&self) {
        let mut state = self.state.lock();
        state.machine.invalidate();
        self.pointer.store(None);
        self.publish(&state, self.runtime.now());
    }

    /// Forgets failures and pauses.
    pub(crate) fn retry_now(&self) {
        let mut state = self.state.lock();
        state.machine.retry_now();
        self.publish(&state, self.runtime.now());
    }

    /// No new flight from now on; the one under way, if any.
    pub(crate) fn close(&self) -> Option<Arc<Flight>> {
        let mut state = self.state.lock();
        state.machine.close();
        self.publish(&state, self.runtime.now());
        state.flight.clone()
    }

    /// Lets go of the token, and of a flight that is still under way.
    pub(crate) fn clear(&self) {
        let mut state = self.state.lock();
        state.machine.clear();
        self.pointer.store(None);
        let (flight, abort) = (state.flight.take(), state.abort.take());
        drop(state);
        if let Some(abort) = abort {
            abort.abort();
        }
        if let Some(flight) = flight {
            let error = Error::new(crate::ErrorKind::Closed, "the authenticator was shut down");
            flight.land(Err(error.with_source_if_none(&self.id)));
        }
    }

    pub(crate) fn report(&self) -> Report {
        let now = self.runtime.now();
        let state = self.state.lock();
        let machine = &state.machine;
        Report {
            now,
            current: machine.current(now).and_then(|(_, age)| Some((self.pointer.load()?, age))),
            suspect: machine.is_suspect(),
            refreshing: machine.is_refreshing(),
            closed: machine.is_closed(),
            last_error: machine.last_error().cloned(),
        }
    }

    /// Brings what hits read up to date with what the machine knows. Called with the state locked.
    fn publish(&self, state: &State, now: Moment) {
        self.pointer.with(|snapshot| {
            if let Some(snapshot) = snapshot {
                snapshot.set_quiet(now, state.machine.quiet_for(now));
            }
        });
        self.wants_answers.store(state.machine.wants_answers(), Ordering::Relaxed);
    }

    fn emit(&self, event: &Event) {
        event.log(&self.id);
        if let Some(listener) = &self.listener {
            listener(event);
        }
    }

    fn random(&self) -> f64 {
        let random = self.runtime.random();
        if (0.0..1.0).contains(&random) { random } else { 0.0 }
    }
}

impl State {
    /// Gives up a flight that is overdue; its callers are told once the lock is released.
    fn abandon_overdue(&mut self, now: Moment) -> Option<(Arc<Flight>, Option<Abort>)> {
        if let Some(flight) = &self.flight {
            self.machine.extend(flight.id, flight.limits.flight_limit());
        }
        let Abandoned(id) = self.machine.abandon_overdue(now)?;
        let flight = self.flight.take_if(|flight| flight.id == id)?;
        Some((flight, self.abort.take()))
    }

    fn prepare(&mut self, start: Start, now: Moment) -> Arc<Flight> {
        let limits = Limits::new(now, self.machine.policy().flight_timeout);
        let flight = Arc::new(Flight::new(start.id, limits));
        self.flight = Some(Arc::clone(&flight));
        self.abort = None;
        flight
    }
}

/// Ends the task first, then tells those who waited for it.
fn abandon(abandoned: Option<(Arc<Flight>, Option<Abort>)>) {
    let Some((flight, abort)) = abandoned else { return };
    if let Some(abort) = abort {
        abort.abort();
    }
    let message = "the fetch was given up: it took twice its limit (a suspended machine, or a stopped runtime)";
    flight.land(Err(Error::new(crate::ErrorKind::Timeout, message)));
}

fn not_forced(pause: Duration) -> Error {
    let message = "the token was answered 401, and a new one is not fetched yet: the last fetch for this reason was too \
                   recent or did not help";
    Error::new(crate::ErrorKind::Rejected, message).with_retry_after((pause < Duration::MAX).then_some(pause))
}

impl Drop for Cache {
    /// The last handle is gone: nothing runs any more.
    fn drop(&mut self) {
        let abort = self.state.lock().abort.take();
        if let Some(abort) = abort {
            abort.abort();
        }
    }
}

/// The wall-clock time that lies `remaining` after `now`.
pub(crate) fn wall_after(now: Moment, remaining: Duration) -> Option<SystemTime> {
    now.wall().checked_add(remaining)
}

type WeakCache = Weak<Cache>;
