//! Callers that get their answer at once, later, or never.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

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
    slot: Arc<Slot>,
    abort: Option<Abort>,
}

/// What arrived, and when; whoever waits for it in real time is woken.
#[derive(Default)]
struct Slot {
    arrived: Mutex<Option<(f64, Arrival)>>,
    news: Condvar,
}

impl Slot {
    fn put(&self, at: f64, arrival: Arrival) {
        *self.arrived.lock().unwrap() = Some((at, arrival));
        self.news.notify_all();
    }
}

/// Longer than any helper of a case works; a case that waits so long fails.
const PATIENCE: Duration = Duration::from_secs(60);

impl Call {
    /// Looks once; a caller who has to wait goes on by itself.
    pub(crate) fn start(clock: &Clock, mut future: Waiting) -> Self {
        let started = clock.now();
        let slot = Arc::<Slot>::default();
        if let Poll::Ready(arrival) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            slot.put(started, arrival);
            return Self { started, slot, abort: None };
        }
        let (theirs, clock_there) = (Arc::clone(&slot), clock.clone());
        let task = Box::pin(async move {
            let arrival = future.await;
            theirs.put(clock_there.now(), arrival);
        });
        let abort = clock.runtime().spawn(task).ok();
        Self { started, slot, abort }
    }

    pub(crate) fn started(&self) -> f64 {
        self.started
    }

    /// How long it waited and what for, if it has an answer.
    pub(crate) fn arrived(&self) -> Option<(f64, Arrival)> {
        self.slot.arrived.lock().unwrap().as_ref().map(|(at, arrival)| (at - self.started, arrival.clone()))
    }

    /// Waits for the answer in real time: what brings it is a real process.
    pub(crate) fn wait(&self) {
        let arrived = self.slot.arrived.lock().unwrap();
        drop(self.slot.news.wait_timeout_while(arrived, PATIENCE, |arrived| arrived.is_none()).unwrap());
    }

    /// The caller goes away.
    pub(crate) fn cancel(self) {
        if let Some(abort) = self.abort {
            abort.abort();
        }
    }
}
