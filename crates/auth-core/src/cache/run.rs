//! Carrying out one acquisition: calling the source, as often as the machine says, and storing what it brings.

use std::sync::{Arc, Weak};
use std::task::Context;
use std::time::Duration;

use super::attempt::Attempt;
use super::flight::Flight;
use super::lifetime;
use super::machine::{Brought, FlightId, Start, Verdict};
use super::{Cache, Changed, Snapshot};
use crate::event::Event;
use crate::runtime::{Task, nanos};
use crate::{Error, FetchContext, Reason, Token};

impl Cache {
    /// Starts a flight: its first step on the caller's thread if the caller would wait anyway, the rest on the runtime.
    pub(super) fn launch(self: &Arc<Self>, flight: &Arc<Flight>, start: Start) {
        // From here on the guard answers for the flight, whatever happens to the task.
        let guard = Guard { cache: Arc::downgrade(self), flight: Arc::clone(flight), finished: false };
        if start.reason != Reason::Recheck {
            self.emit(&Event::RefreshStarted { reason: start.reason });
        }
        let mut task: Task = Box::pin(run(guard, start.reason));
        // The waker is of no use yet: a task that is not done is polled again as soon as it is spawned.
        if start.inline && task.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())).is_ready() {
            return;
        }
        match self.runtime.spawn(task) {
            // The task is dropped last: the first reason counts.
            Err(_task) => self.give_up(flight, Error::no_runtime()),
            Ok(abort) => {
                let mut state = self.state.lock();
                if state.flight.as_ref().is_some_and(|current| current.id == flight.id) {
                    state.abort = Some(abort);
                } else {
                    drop(state);
                    abort.abort();
                }
            }
        }
    }

    /// The flight's task can't go on.
    fn give_up(&self, flight: &Arc<Flight>, error: Error) {
        self.settle(flight, Err(error), None);
    }

    fn begin_attempt(self: &Arc<Self>, flight: &Flight, reason: Reason) -> (FetchContext, Attempt) {
        let now = self.runtime.now();
        let mut state = self.state.lock();
        let attempt = state.machine.attempt_started(flight.id);
        let timeout = state.machine.policy().attempt_timeout;
        drop(state);
        flight.limits.begin_attempt(now, timeout);
        let cx = FetchContext {
            reason,
            attempt,
            started: now,
            limits: Arc::clone(&flight.limits),
            transport: self.transport.clone(),
            changed: Changed(Arc::downgrade(self)),
        };
        (cx.clone(), Attempt::new(Arc::clone(&self.source), cx, self.runtime()))
    }

    /// Puts an attempt's result to the machine and does what it says. Returns the pause before the next attempt, if
    /// there is to be one.
    fn settle(
        &self,
        flight: &Arc<Flight>,
        result: Result<Token, Error>,
        cx: Option<&FetchContext>,
    ) -> Option<Duration> {
        let result = result.and_then(|token| token.render().map(|headers| (token, headers)));
        let single_use = flight.limits.is_single_use();
        let now = self.runtime.now();
        let random = self.random();

        let mut state = self.state.lock();
        state.machine.extend(flight.id, flight.limits.flight_limit());
        let is_current = state.machine.flight() == Some(flight.id);
        let (verdict, token) = match (result, cx) {
            (Ok((token, headers)), Some(cx)) => {
                let verdict = judge(&mut state.machine, self, flight.id, &token, cx, now, single_use, random);
                (verdict, Some((token, headers)))
            }
            (Ok(_), None) => (Verdict::Dropped, None),
            (Err(error), _) => {
                let error = if single_use { error.after_single_use() } else { error };
                let error = error.with_source_if_none(&self.id);
                (state.machine.failed(flight.id, error, now, random), None)
            }
        };
        let mut events = Vec::new();
        let landing = match (verdict, token) {
            (Verdict::Again(pause), _) => {
                drop(state);
                return Some(pause);
            }
            (Verdict::Store { generation }, Some((token, headers))) => {
                let snapshot = Arc::new(Snapshot::new(generation, token, headers));
                self.pointer.store(Some(Arc::clone(&snapshot)));
                events.push(Event::Acquired {
                    generation,
                    fingerprint: snapshot.token.secret().map(crate::Secret::fingerprint),
                    remaining: state.machine.current(now).and_then(|(_, age)| age.remaining),
                });
                Some(Ok(snapshot))
            }
            (Verdict::Same { generation, forced }, _) => {
                if forced {
                    events.push(Event::NoProgress { generation });
                }
                self.pointer.load().map(Ok)
            }
            (Verdict::Failed(failed), _) => {
                let serving = failed.serving.is_some();
                let remaining = failed.serving.flatten();
                let error = failed.error.with_source_if_none(&self.id);
                if failed.notable {
                    events.push(Event::RefreshFailed { error: error.clone(), remaining, serving });
                }
                if failed.stale {
                    events.push(Event::ServedStale { remaining });
                }
                Some(Err(error))
            }
            _ => None,
        };
        let done = if is_current { (state.flight.take(), state.abort.take()) } else { (None, None) };
        self.publish(&state, now);
        drop(state);
        drop(done);

        // Whoever gave a flight up tells its waiters himself.
        if let Some(landing) = landing {
            flight.land(landing);
        }
        events.iter().for_each(|event| self.emit(event));
        None
    }
}

#[allow(clippy::too_many_arguments)] // one call, from one place; a struct would only rename the arguments
fn judge(
    machine: &mut super::Machine,
    cache: &Cache,
    id: FlightId,
    token: &Token,
    cx: &FetchContext,
    now: crate::Moment,
    single_use: bool,
    random: f64,
) -> Verdict {
    let lifetime = lifetime::of(token, cx.started, machine.policy().lifetime_max);
    let same = cache.pointer.with(|snapshot| snapshot.is_some_and(|snapshot| snapshot.token.same_as(token)));
    let if_over = lifetime::why_over(token, lifetime, machine.policy().expiry_margin);
    let brought = Brought { acquired: cx.started, lifetime, terms: &token.terms, same, single_use, if_over };
    machine.brought(id, &brought, now, random)
}

async fn run(mut guard: Guard, reason: Reason) {
    loop {
        // The cache is not kept alive while the source works: when its last handle goes, this task goes too.
        let Some(cache) = guard.cache.upgrade() else { return };
        let (cx, attempt) = cache.begin_attempt(&guard.flight, reason);
        drop(cache);
        let result = attempt.await;

        let Some(cache) = guard.cache.upgrade() else { return };
        let Some(pause) = cache.settle(&guard.flight, result, Some(&cx)) else { break };
        if !pause.is_zero() {
            let runtime = cache.runtime();
            drop(cache);
            let until = runtime.now().monotonic.saturating_add(nanos(pause));
            runtime.sleep_until(Duration::from_nanos(until)).await;
        }
    }
    guard.finished = true;
}

/// Says so if the task is dropped before it has finished: nobody may wait for it in vain.
struct Guard {
    cache: Weak<Cache>,
    flight: Arc<Flight>,
    finished: bool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.finished
            && let Some(cache) = self.cache.upgrade()
        {
            cache.give_up(&self.flight, Error::flight_dropped());
        }
    }
}
