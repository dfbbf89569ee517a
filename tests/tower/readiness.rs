//! Which instance of the inner service is called, and when.

use std::future::{Ready, ready};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use auth_core::Outcome;
use auth_tower::{AuthLayer, Error};
use http::{Request, Response, StatusCode};
use tower::{Layer, Service, ServiceExt};

use super::fixture::{Body, get, send};
use crate::rig::{Counting, ORIGIN};

/// Panics when it is called without having been polled ready. Takes two polls to become ready; a clone starts anew.
struct Strict {
    id: usize,
    state: State,
    ledger: Arc<Ledger>,
}

#[derive(PartialEq)]
enum State {
    Idle,
    Asked,
    Ready,
}

/// What happened to all instances together.
#[derive(Default)]
struct Ledger {
    instances: AtomicUsize,
    /// Which instance became ready, and which was called, in order.
    steps: Mutex<Vec<Step>>,
    /// The answers still to be given; then 200.
    answers: Mutex<Vec<StatusCode>>,
    /// Whether it breaks with the first call, so that no instance becomes ready any more.
    fragile: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Ready(usize),
    Called(usize),
}

impl Ledger {
    fn steps(&self) -> Vec<Step> {
        self.steps.lock().unwrap().clone()
    }

    fn was_called(&self) -> bool {
        self.steps().iter().any(|step| matches!(step, Step::Called(_)))
    }
}

impl Strict {
    fn new(ledger: &Arc<Ledger>) -> Self {
        let id = ledger.instances.fetch_add(1, Ordering::SeqCst);
        Self { id, state: State::Idle, ledger: Arc::clone(ledger) }
    }
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self::new(&self.ledger)
    }
}

/// Its connection is gone.
#[derive(Debug, PartialEq)]
struct Broken;

impl Service<Request<Body>> for Strict {
    type Response = Response<Body>;
    type Error = Broken;
    type Future = Ready<Result<Response<Body>, Broken>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        match self.state {
            State::Idle => {
                self.state = State::Asked;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            State::Asked if self.ledger.fragile && self.ledger.was_called() => Poll::Ready(Err(Broken)),
            State::Asked => {
                self.state = State::Ready;
                self.ledger.steps.lock().unwrap().push(Step::Ready(self.id));
                Poll::Ready(Ok(()))
            }
            State::Ready => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        assert!(self.state == State::Ready, "instance {} was called without having been polled ready", self.id);
        self.state = State::Idle;
        self.ledger.steps.lock().unwrap().push(Step::Called(self.id));
        let mut response = Response::new(Body::default());
        *response.status_mut() = self.ledger.answers.lock().unwrap().pop().unwrap_or_default();
        ready(Ok(response))
    }
}

#[tokio::test]
async fn with_a_token_at_hand_the_instance_that_was_polled_ready_is_called() {
    let ledger = Arc::<Ledger>::default();
    let auth = Counting::default().auth();
    auth.warm_up().await.unwrap();
    let mut client = AuthLayer::new(auth).layer(Strict::new(&ledger));
    send(&mut client, get(ORIGIN)).await.unwrap();
    assert_eq!(ledger.steps(), [Step::Ready(0), Step::Called(0)]);
    // What was left in its place is polled ready in its turn.
    send(&mut client, get(ORIGIN)).await.unwrap();
    let steps = ledger.steps();
    assert!(matches!(steps[2..], [Step::Ready(a), Step::Called(b)] if a == b), "{steps:?}");
}

#[tokio::test]
async fn a_request_that_waits_for_its_token_keeps_the_instance_that_was_polled_ready() {
    let ledger = Arc::<Ledger>::default();
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let source = auth_core::source_fn(move |_cx| {
        let opened = Arc::clone(&opened);
        async move {
            opened.acquire().await.map_err(|_| auth_core::Error::transient("closed"))?.forget();
            Ok(auth_core::Token::bearer("token"))
        }
    });
    let auth = auth_core::Authenticator::builder(source).for_origins([ORIGIN]).build().unwrap();
    let mut client = AuthLayer::new(auth).layer(Strict::new(&ledger));
    let first = client.ready().await.unwrap().call(get(ORIGIN));
    let second = client.ready().await.unwrap().call(get(ORIGIN));
    assert!(!ledger.was_called());
    gate.add_permits(1);
    let (first, second) = tokio::join!(first, second);
    assert!(first.is_ok() && second.is_ok());
    let steps = ledger.steps();
    let called = |step: &Step| matches!(step, Step::Called(_));
    assert_eq!(steps.iter().filter(|step| called(step)).count(), 2, "{steps:?}");
    assert_eq!(steps.iter().filter(|step| !called(step)).count(), 2, "{steps:?}");
}

#[tokio::test]
async fn before_a_replay_the_same_instance_is_polled_ready_again() {
    let ledger = Arc::new(Ledger { answers: Mutex::new(vec![StatusCode::UNAUTHORIZED]), ..Ledger::default() });
    let mut client = AuthLayer::new(Counting::default().auth()).layer(Strict::new(&ledger));
    let response = send(&mut client, get(ORIGIN)).await.unwrap();
    assert!(response.extensions().get::<Outcome>().unwrap().is_replayed());
    assert_eq!(ledger.steps(), [Step::Ready(0), Step::Called(0), Step::Ready(0), Step::Called(0)]);
}

#[tokio::test]
async fn a_replay_that_finds_the_service_broken_returns_the_401_at_hand() {
    let answers = Mutex::new(vec![StatusCode::UNAUTHORIZED]);
    let ledger = Arc::new(Ledger { answers, fragile: true, ..Ledger::default() });
    let mut client = AuthLayer::new(Counting::default().auth()).layer(Strict::new(&ledger));
    let response = send(&mut client, get(ORIGIN)).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let outcome = response.extensions().get::<Outcome>().unwrap();
    assert!(outcome.is_rejected() && !outcome.is_replayed());
    // The next caller hears of it.
    let Err(Error::Inner(Broken)) = client.ready().await.map(drop) else { panic!("it is broken") };
}

#[tokio::test]
async fn a_refused_request_gives_back_what_was_reserved_for_it() {
    let ledger = Arc::<Ledger>::default();
    let auth = Counting::default().auth();
    auth.warm_up().await.unwrap();
    let mut client = AuthLayer::new(auth).layer(Strict::new(&ledger));
    send(&mut client, get("/no-host")).await.unwrap_err();
    send(&mut client, get(ORIGIN)).await.unwrap();
    // The instance that was ready, and held a permit perhaps, is gone; its clone takes the next request.
    assert_eq!(ledger.steps(), [Step::Ready(0), Step::Ready(1), Step::Called(1)]);
}
