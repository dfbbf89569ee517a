//! Carrying out one acquisition: calling the source, as often as the machine says, and storing what it brings.

use std::sync::{Arc, Weak};
use std::task::Context;
use std::time::Duration;

use super::attempt::Attempt;
use super::flight::Flight;
use super::lifetime;
use super::machine::{Brought, Start, Verdict};
use super::{Cache, Changed, Snapshot};
use crate::event::Event;
use crate::runtime::{Moment, Task, nanos};
use crate::sync::Ordering;
use crate::{Error, FetchContext, Reason, Token};

impl Cache {
    /// From here on the guard answers for the flight, whatever happens.
    pub(super) fn guard(self: &Arc<Self>, flight: Arc<Flight>) -> Guard {
        Guard { cache: Arc::downgrade(self), flight, finished: false }
    }

    /// Starts a flight: its first step on the caller's thread if the caller would wait anyway, the rest on the runtime.
    pub(super) fn launch(self: &Arc<Self>, guard: Guard, start: Start) {
        let flight = Arc::clone(&guard.flight);
        if start.reason != Reason::Recheck {
            self.emit(&Event::RefreshStarted { reason: start.reason });
        }
        // A source that has to wait is not asked again where there is nothing to wait on: it would send a request each time.
        let can_spawn = self.runtime.can_spawn();
        if !can_spawn && self.needs_runtime.load(Ordering::Relaxed) {
            return self.give_up(&flight, Error::no_runtime());
        }
        let mut task: Task = Box::pin(run(guard, start));
        // The waker is of no use yet: a task that is not done is polled again as soon as it is spawned.
        if start.inline && task.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())).is_ready() {
            return;
        }
        self.needs_runtime.store(true, Ordering::Relaxed);
        match self.runtime.spawn(task) {
            // The task is dropped last: the first reason counts.
            Err(_task) => self.give_up(&flight, Error::no_runtime()),
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
    fn give_up(&self, flight: &Flight, error: Error) {
        let now = self.runtime.now();
        self.settle(flight, Err(error), now);
    }

    fn begin_attempt(self: &Arc<Self>, flight: &Flight, start: Start) -> (FetchContext, Attempt) {
        let now = self.runtime.now();
        let mut state = self.state.lock();
        let attempt = state.machine.attempt_started(flight.id);
        let timeout = state.machine.policy().attempt_timeout;
        drop(state);
        flight.limits.begin_attempt(now, timeout);
        let cx = FetchContext {
            reason: start.reason,
            wanted: start.wanted,
            margin: self.policy.expiry_margin,
            present: self.pointer.load(),
            attempt,
            started: now,
            limits: Arc::clone(&flight.limits),
            transport: self.transport.clone(),
            changed: Changed(Arc::downgrade(self)),
            runtime: Arc::clone(&self.runtime),
        };
        (cx.clone(), Attempt::new(Arc::clone(&self.source), cx, Arc::clone(&self.runtime)))
    }

    /// Puts an attempt's result to the machine and does what it says. Returns the pause before the next attempt, if
    /// there is to be one.
    fn settle(&self, flight: &Flight, result: Result<Token, Error>, started: Moment) -> Option<Duration> {
        let result = result.and_then(|token| token.render().map(|headers| (token, headers)));
        let single_use = flight.limits.is_single_use();
        let lifetime = result.as_ref().ok().map(|(token, _)| {
            let lifetime = lifetime::of(token, started, self.policy.lifetime_max);
            (lifetime, lifetime::why_over(token, lifetime, self.policy.expiry_margin))
        });
        let life = lifetime.as_ref().and_then(|(lifetime, _)| lifetime.length);
        let now = self.runtime.now();
        let random = self.random();

        let mut state = self.state.lock();
        let machine = &mut state.machine;
        machine.extend(flight.id, flight.limits.flight_limit());
        let is_current = machine.flight() == Some(flight.id);
        let (verdict, token) = match (result, lifetime) {
            (Ok((token, headers)), Some((lifetime, if_over))) => {
                let is_there = |snapshot: &Arc<Snapshot>| snapshot.token.same_as(&token);
                let same = self.pointer.with(|snapshot| snapshot.is_some_and(is_there));
                let (terms, epoch) = (&token.terms, flight.epoch);
                let brought = Brought { acquired: started, lifetime, terms, same, epoch, single_use, if_over };
                (machine.brought(flight.id, &brought, now, random), Some((token, headers)))
            }
            (Err(error), _) => {
                let error = if single_use { error.after_single_use() } else { error };
                (machine.failed(flight.id, error.with_source_if_none(&self.id), now, random), None)
            }
            // A token always has a lifetime, though perhaps an unknown one.
            (Ok(_), None) => (Verdict::Dropped, None),
        };
        let mut events = Vec::new();
        let landing = match (verdict, token) {
            (Verdict::Again(pause), _) => {
                drop(state);
                return Some(pause);
            }
            (Verdict::Store { generation }, Some((token, headers))) => {
                let life = life.map(|life| life.saturating_sub(self.policy.expiry_margin));
                let snapshot = Arc::new(Snapshot::new(generation, token, headers, started, life));
                self.put(&mut state, Some(Arc::clone(&snapshot)));
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

async fn run(mut guard: Guard, start: Start) {
    loop {
        // The cache is not kept alive while the source works: when its last handle goes, this task goes too.
        let Some(cache) = guard.cache.upgrade() else { return };
        let (cx, attempt) = cache.begin_attempt(&guard.flight, start);
        drop(cache);
        let result = attempt.await;

        let Some(cache) = guard.cache.upgrade() else { return };
        let Some(pause) = cache.settle(&guard.flight, result, cx.started) else { break };
        if !pause.is_zero() {
            let runtime = Arc::clone(cache.runtime());
            drop(cache);
            let until = runtime.now().monotonic.saturating_add(nanos(pause));
            runtime.sleep_until(Duration::from_nanos(until)).await;
        }
    }
    guard.finished = true;
}

/// Says so if the task is dropped before it has finished: nobody may wait for it in vain.
pub(super) struct Guard {
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
