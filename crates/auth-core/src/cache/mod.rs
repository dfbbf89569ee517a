//! The newest token, kept by the rules of the state machine. The only place that remembers.
//!
//! `Cache` is a thin shell: it owns the pointer that hits read, the lock around the machine, and the wakers; it carries
//! out what the machine decides. Nothing of the user's is polled, woken, dropped or called while the lock is held.

mod attempt;
mod changed;
mod flight;
pub(crate) mod lifetime;
mod limits;
mod machine;
mod run;
mod snapshot;
mod waiter;

use crate::Transport;
use crate::event::{Event, Listener};
use crate::runtime::Runtime;
use crate::runtime::{Abort, Moment, coarse_now};
use crate::sync::{AtomicBool, Mutex, Ordering, Pointer};
use crate::{Error, Policy, TokenSource};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};

pub(crate) use flight::Flight;
use machine::{Abandoned, Ask, Machine, Start};

pub use changed::Changed;
#[cfg(feature = "store")]
pub(crate) use lifetime::of as lifetime_of;
pub(crate) use limits::Limits;
#[cfg(fuzzing)]
pub(crate) use machine::drive as drive_machine;
pub(crate) use machine::{Age, Demand, Phase};
pub(crate) use snapshot::{Headers, Quiet, Snapshot};
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
    /// Whether the source had to wait where there was nothing to wait on.
    needs_runtime: AtomicBool,
    /// Whether the clocks are the system's, so that a hit may read them without a virtual call.
    system_clock: bool,
    listener: Option<Listener>,
}

struct State {
    machine: Machine,
    flight: Option<Arc<Flight>>,
    abort: Option<Abort>,
    /// The token that a shutdown has let go of, while somebody still holds it.
    cleared: Weak<Snapshot>,
}

/// What a caller gets.
pub(crate) enum Answer {
    Token(Arc<Snapshot>),
    Wait(Arc<Flight>),
    Fail(Error),
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
            state: Mutex::new(State::new(parts.policy.clone())),
            policy: parts.policy,
            needs_runtime: AtomicBool::new(false),
            id: parts.id,
            source: parts.source,
            transport: parts.transport,
            system_clock: parts.runtime.is_none(),
            runtime: parts.runtime.unwrap_or_else(|| Arc::new(crate::runtime::TokioRuntime)),
            listener: parts.listener,
        }
    }

    pub(crate) fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.runtime
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

    pub(crate) fn is_closed(&self) -> bool {
        self.state.lock().machine.is_closed()
    }

    /// The current token, if it is valid.
    pub(crate) fn valid_token(&self) -> Option<Arc<Snapshot>> {
        let now = self.runtime.now();
        let state = self.state.lock();
        state.machine.current(now).filter(|(_, age)| age.phase != Phase::Expired)?;
        self.pointer.load()
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The current token if nothing at all is to be done but attach it: a pointer load, two clock reads, no lock.
    #[inline]
    pub(crate) fn hit<R>(&self, attach: impl FnOnce(&Snapshot) -> R) -> Option<R> {
        self.pointer.with(|snapshot| {
            let snapshot = snapshot?;
            self.is_quiet(&snapshot.quiet).then(|| attach(snapshot))
        })
    }

    /// Whether a token with this quiet time may be served without asking the rules: it is the current one, and both clocks
    /// are before that time.
    #[inline]
    pub(crate) fn is_quiet(&self, quiet: &Quiet) -> bool {
        quiet.holds(self.clocks())
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
        self.consult(|machine, now| (machine.ask(demand, now), None)).unwrap_or_else(|| self.ask(demand))
    }

    /// The token of `generation` was answered 401. Starts what the rules say.
    pub(crate) fn rejected(self: &Arc<Self>, generation: u64) -> Answer {
        let answer = self.consult(|machine, now| {
            let is_news = !machine.is_suspect();
            let ask = machine.rejected(generation, now);
            (ask, (is_news && machine.is_suspect()).then_some(Event::Rejected { generation }))
        });
        answer.unwrap_or_else(|| Answer::Fail(machine::not_forced(None).with_source_if_none(&self.id)))
    }

    /// Asks the machine, tells what it has to tell, and starts what it says; `None` if the token was forgotten in this
    /// very moment.
    fn consult(
        self: &Arc<Self>,
        question: impl FnOnce(&mut Machine, Moment) -> (Ask, Option<Event>),
    ) -> Option<Answer> {
        let now = self.runtime.now();
        let mut state = self.state.lock();
        let abandoned = state.abandon_overdue(now);
        let (ask, event) = question(&mut state.machine, now);
        let start = match &ask {
            Ask::Serve(start) | Ask::Wait(start) => *start,
            Ask::Fail(_) => None,
        };
        let launch = start.map(|start| (self.guard(state.prepare(start, now)), start));
        let flight = state.flight.clone();
        self.publish(&state, now);
        drop(state);

        abandon(abandoned);
        if let Some(event) = event {
            self.emit(&event);
        }
        if let Some((guard, start)) = launch {
            self.launch(guard, start);
        }
        match ask {
            Ask::Fail(error) => Some(Answer::Fail(error.with_source_if_none(&self.id))),
            Ask::Wait(_) => flight.map(Answer::Wait),
            // An inline re-read may just have replaced it; either way it is valid.
            Ask::Serve(_) => self.pointer.load().map(Answer::Token),
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
        self.forget(Machine::invalidate);
    }

    /// The source reads something else now.
    pub(crate) fn changed(&self) {
        self.forget(Machine::changed);
    }

    fn forget(&self, forget: impl FnOnce(&mut Machine)) {
        let now = self.runtime.now();
        let mut state = self.state.lock();
        forget(&mut state.machine);
        self.put(&mut state, None);
        // Who waited for it before a shutdown may not have looked yet.
        if let Some(cleared) = state.cleared.upgrade() {
            cleared.forget();
        }
        self.publish(&state, now);
    }

    /// Forgets failures and pauses.
    pub(crate) fn retry_now(&self) {
        let now = self.runtime.now();
        let mut state = self.state.lock();
        state.machine.retry_now();
        self.publish(&state, now);
    }

    /// No new flight from now on; the one under way, if any.
    pub(crate) fn close(&self) -> Option<Arc<Flight>> {
        let now = self.runtime.now();
        let mut state = self.state.lock();
        state.machine.close();
        self.publish(&state, now);
        state.flight.clone()
    }

    /// Lets go of the token, and of a flight that is still under way.
    pub(crate) fn clear(&self) {
        let mut state = self.state.lock();
        state.machine.clear();
        if let Some(old) = self.swap(&mut state, None) {
            state.cleared = Arc::downgrade(&old);
        }
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

    /// Puts another token, or none, where hits read. The old one is no good any more.
    fn put(&self, locked: &mut State, snapshot: Option<Arc<Snapshot>>) {
        if let Some(old) = self.swap(locked, snapshot) {
            old.forget();
        }
    }

    /// Whoever holds a copy of the old token sees that its quiet time is over; nobody can set it anew meanwhile, because the state
    /// is locked.
    fn swap(&self, _locked: &mut State, snapshot: Option<Arc<Snapshot>>) -> Option<Arc<Snapshot>> {
        let old = self.pointer.swap(snapshot);
        if let Some(old) = &old {
            old.quiet.end();
        }
        old
    }

    /// Brings what hits read up to date with what the machine knows. Called with the state locked.
    fn publish(&self, state: &State, now: Moment) {
        self.pointer.with(|snapshot| {
            if let Some(snapshot) = snapshot {
                snapshot.quiet.set(now, state.machine.quiet_for(now));
            }
        });
        self.wants_answers.store(state.machine.wants_answers(), Ordering::Relaxed);
    }

    /// A listener or a log's subscriber that panics must not take a flight with it: somebody waits for that. And this may be said
    /// while a panic unwinds already, where a second one would end the program.
    fn emit(&self, event: &Event) {
        let _panicked = catch_unwind(AssertUnwindSafe(|| event.log(&self.id)));
        if let Some(listener) = &self.listener {
            let _panicked = catch_unwind(AssertUnwindSafe(|| listener(event)));
        }
    }

    fn random(&self) -> f64 {
        let random = self.runtime.random();
        if (0.0..1.0).contains(&random) { random } else { 0.0 }
    }
}

impl State {
    fn new(policy: Policy) -> Self {
        Self { machine: Machine::new(policy), flight: None, abort: None, cleared: Weak::new() }
    }

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
        let flight = Arc::new(Flight::new(start.id, self.machine.epoch(), limits));
        self.flight = Some(Arc::clone(&flight));
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

impl Drop for Cache {
    /// The last handle is gone: nothing runs any more.
    fn drop(&mut self) {
        let abort = self.state.lock().abort.take();
        if let Some(abort) = abort {
            abort.abort();
        }
    }
}
