//! Ten thousand callers at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::{Acquire, Credential};
use auth_core::{Authenticator, Error, ErrorKind, Event, Stage};

use super::scripted::{Scripted, hour, poll_once};

const HERD: usize = 10_000;

/// An authenticator on a fake clock that counts its flights.
fn counted(source: &Scripted, runtime: &FakeRuntime) -> (Authenticator, Arc<AtomicU32>) {
    let flights = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&flights);
    let auth = Authenticator::builder(source.clone())
        .anywhere()
        .runtime(runtime.clone())
        .listener(move |event| {
            if matches!(event, Event::RefreshStarted { .. }) {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        })
        .build()
        .unwrap();
    (auth, flights)
}

/// Starts the whole herd; says how many have to wait.
fn start(auth: &Authenticator) -> (Vec<Acquire>, usize) {
    let mut callers: Vec<_> = (0..HERD).map(|_| auth.token(Duration::ZERO)).collect();
    let waiting = callers.iter_mut().filter_map(|caller| poll_once(caller).is_pending().then_some(())).count();
    (callers, waiting)
}

fn finish(callers: &mut [Acquire]) -> Vec<Result<Credential, Error>> {
    let results = callers.iter_mut().map(|caller| match poll_once(caller) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("a caller still waits"),
    });
    results.collect()
}

#[test]
fn a_herd_makes_one_fetch() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let (auth, flights) = counted(&source, &runtime);
    let (mut callers, waiting) = start(&auth);
    assert_eq!(waiting, HERD);
    source.open();
    runtime.run_until_idle();
    for result in finish(&mut callers) {
        assert_eq!(result.unwrap().secret().unwrap().expose(), "token-1");
    }
    assert_eq!((flights.load(Ordering::SeqCst), source.calls()), (1, 1));
}

#[test]
fn a_herd_shares_a_permanent_failure_after_one_fetch() {
    let (source, runtime) = (Scripted::new([Err(Error::misconfigured("no"))]).closed(), FakeRuntime::new());
    let (auth, flights) = counted(&source, &runtime);
    let (mut callers, _) = start(&auth);
    source.open();
    runtime.run_until_idle();
    assert!(finish(&mut callers).into_iter().all(|result| result.unwrap_err().kind() == ErrorKind::Misconfigured));
    let (_, waiting) = start(&auth);
    assert_eq!(waiting, 0, "the failure is kept for those who come after");
    assert_eq!((flights.load(Ordering::SeqCst), source.calls()), (1, 1));
}

#[test]
fn a_herd_shares_a_transient_failure_after_three_fetches() {
    let (source, runtime) = (Scripted::new([Err(Error::transient("down"))]), FakeRuntime::new());
    runtime.set_random(0.5);
    let (auth, flights) = counted(&source, &runtime);
    let (mut callers, waiting) = start(&auth);
    assert_eq!(waiting, HERD);
    runtime.advance(Duration::from_secs(1));
    assert!(finish(&mut callers).into_iter().all(|result| result.unwrap_err().is_transient()));
    assert_eq!((flights.load(Ordering::SeqCst), source.calls()), (1, 3));
}

#[test]
fn nobody_waits_during_an_early_refresh() {
    let (source, runtime) = (Scripted::hourly(), FakeRuntime::new());
    let (auth, flights) = counted(&source, &runtime);
    runtime.block_on(auth.warm_up()).unwrap();
    source.close();
    runtime.advance(Duration::from_secs(2800));
    for _ in 0..2 {
        let (_, waiting) = start(&auth);
        assert_eq!(waiting, 0);
        runtime.run_until_idle();
    }
    assert_eq!((flights.load(Ordering::SeqCst), source.calls()), (2, 2), "one refresh is under way");
}

#[test]
fn nobody_waits_during_an_outage_while_the_token_is_valid() {
    let answers = [Ok(hour("good")), Err(Error::transient("down"))];
    let (source, runtime) = (Scripted::new(answers), FakeRuntime::new());
    let (auth, _) = counted(&source, &runtime);
    runtime.block_on(auth.warm_up()).unwrap();
    runtime.advance(Duration::from_secs(2700));
    for second in 2700..3600 {
        for mut caller in (0..HERD / 900).map(|_| auth.token(Duration::ZERO)) {
            let Poll::Ready(result) = poll_once(&mut caller) else { panic!("a caller waits at {second} s") };
            assert_eq!(result.unwrap().secret().unwrap().expose(), "good");
        }
        runtime.advance(Duration::from_secs(1));
    }
    assert!(source.calls() > 10, "it kept trying");
    assert_eq!(auth.status().stage(), Stage::Expired);
}

/// The same herd over real threads: the count holds without a scheduler that takes turns.
#[test]
fn a_herd_on_real_threads_makes_one_fetch() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let source = Scripted::hourly().closed();
    let auth = Authenticator::builder(source.clone()).anywhere().build().unwrap();
    runtime.block_on(async {
        let arrived = Arc::new(AtomicUsize::new(0));
        let callers: Vec<_> = (0..HERD)
            .map(|_| {
                let (mut caller, arrived) = (auth.token(Duration::ZERO), Arc::clone(&arrived));
                tokio::spawn(async move {
                    assert!(poll_once(&mut caller).is_pending());
                    arrived.fetch_add(1, Ordering::SeqCst);
                    caller.await
                })
            })
            .collect();
        while arrived.load(Ordering::SeqCst) < HERD {
            tokio::task::yield_now().await;
        }
        source.open();
        for caller in callers {
            assert_eq!(caller.await.unwrap().unwrap().generation(), 1);
        }
    });
    assert_eq!(source.calls(), 1);
}
