//! Callers that get their answer at once, later, or never.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use auth_core::runtime::Abort;
use auth_core::runtime::Runtime as _;
use auth_core::{Error, Outcome};

use super::clock::Clock;

/// What a caller got.
#[derive(Clone, Debug)]
pub(crate) enum Arrival {
    /// A token: its name, and the headers that it puts on a request.
    Token {
        token: String,
        generation: u64,
        headers: Vec<(String, String)>,
    },
    Response {
        status: u16,
        outcome: Option<Outcome>,
    },
    Failed(Error),
}

pub(crate) type Waiting = Pin<Box<dyn Future<Output = Arrival> + Send>>;

/// A caller on its way.
pub(crate) struct Call {
    started: f64,
    slot: Slot,
    abort: Option<Abort>,
}

/// What arrived, and when.
type Slot = Arc<Mutex<Option<(f64, Arrival)>>>;

impl Call {
    /// Looks once; a caller who has to wait goes on by itself.
    pub(crate) fn start(clock: &Clock, mut future: Waiting) -> Self {
        let started = clock.now();
        let slot = Slot::default();
        if let Poll::Ready(arrival) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            *slot.lock().unwrap() = Some((started, arrival));
            return Self { started, slot, abort: None };
        }
        let (theirs, clock_there) = (Arc::clone(&slot), clock.clone());
        let task = Box::pin(async move {
            let arrival = future.await;
            *theirs.lock().unwrap() = Some((clock_there.now(), arrival));
        });
        let abort = clock.runtime().spawn(task).ok();
        Self { started, slot, abort }
    }

    pub(crate) fn started(&self) -> f64 {
        self.started
    }

    /// How long it waited and what for, if it has an answer.
    pub(crate) fn arrived(&self) -> Option<(f64, Arrival)> {
        self.slot.lock().unwrap().as_ref().map(|(at, arrival)| (at - self.started, arrival.clone()))
    }

    /// The caller goes away.
    pub(crate) fn cancel(self) {
        if let Some(abort) = self.abort {
            abort.abort();
        }
    }
}
