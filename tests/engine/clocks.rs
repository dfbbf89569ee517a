//! Machines that sleep, and clocks that are set.

use std::task::Poll;
use std::time::Duration;

use auth_core::adapter::{Attach, Sent};
use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, Error};
use http::{HeaderMap, Uri};

use super::scripted::{Scripted, hour, poll_once};

fn authenticator(source: &Scripted, runtime: &FakeRuntime) -> Authenticator {
    Authenticator::builder(source.clone()).anywhere().runtime(runtime.clone()).build().unwrap()
}

/// Monotonic time stood still, and the wall clock says that a second is left; the boot clock knows better.
#[test]
fn after_a_sleep_a_wall_clock_that_was_set_back_keeps_no_token_alive() {
    let (source, runtime) = (Scripted::hourly(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    runtime.block_on(auth.warm_up()).unwrap();
    runtime.suspend(Duration::from_secs(3600));
    runtime.step_wall(-1);
    assert!(auth.status().remaining().is_none(), "it has ended");
    assert_eq!(runtime.block_on(auth.token(Duration::ZERO)).unwrap().generation(), 2);
}

/// The same without asking the rules, as a hit is served: both clocks that it looks at say that no time has passed.
#[test]
fn a_hit_behind_a_sleep_is_none_if_the_wall_clock_was_set_back_further() {
    let (source, runtime) = (Scripted::hourly(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    runtime.block_on(auth.warm_up()).unwrap();
    assert_eq!(generation_at_hand(&auth), Some(1));
    runtime.suspend(Duration::from_secs(3600));
    runtime.step_wall(-7200);
    assert_eq!(generation_at_hand(&auth), None, "it has ended");
}

/// By as much as both clocks allow, the sleep can't be seen by a hit; so the rules are asked now and then.
#[test]
fn a_sleep_that_both_clocks_hide_is_seen_within_a_minute() {
    let (source, runtime) = (Scripted::hourly(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    runtime.block_on(auth.warm_up()).unwrap();
    runtime.suspend(Duration::from_secs(3600));
    runtime.step_wall(-3600);
    assert_eq!(generation_at_hand(&auth), Some(1), "nothing that a hit looks at has changed");
    runtime.advance(Duration::from_secs(60));
    assert_eq!(generation_at_hand(&auth), None, "it has ended");
}

/// The rules have forgotten a token that was kept for it, so it is looked at by itself.
#[test]
fn who_waited_and_looks_after_a_shutdown_and_a_sleep_gets_no_dead_token() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    let (mut early, mut late) = (auth.token(Duration::ZERO), auth.token(Duration::ZERO));
    assert!(poll_once(&mut early).is_pending() && poll_once(&mut late).is_pending());
    source.open();
    runtime.run_until_idle();
    let _shutdown = auth.shutdown();
    runtime.step_wall(7200);
    assert!(matches!(poll_once(&mut early), Poll::Ready(Ok(_))), "the boot clock says that it goes on");
    runtime.suspend(Duration::from_secs(3600));
    runtime.step_wall(-10_800);
    assert!(matches!(poll_once(&mut late), Poll::Ready(Err(_))), "it has ended");
}

/// The wall clock was wrong when the rules were asked last, so what it says later proves nothing.
#[test]
fn a_wall_clock_that_is_contradicted_lets_nothing_be_served_unasked() {
    let (source, runtime) = (Scripted::hourly(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    runtime.block_on(auth.warm_up()).unwrap();
    runtime.step_wall(100_000);
    assert_eq!(generation_at_hand(&auth), Some(1), "the boot clock says that it goes on");
    // The refresh that is due has not run yet.
    runtime.suspend(Duration::from_secs(3600));
    runtime.step_wall(-3590);
    assert_eq!(generation_at_hand(&auth), None, "it has ended");
}

fn generation_at_hand(auth: &Authenticator) -> Option<u64> {
    match auth.attach(&Uri::from_static("https://api.acme.example/"), &mut HeaderMap::new()).unwrap() {
        Attach::Ready(Sent::With { generation }) => Some(generation),
        Attach::Ready(Sent::Without(why)) => panic!("sent without: {why:?}"),
        Attach::Wait(_) => None,
    }
}

/// The answer of before the sleep comes after it, and its flight is too old to go on.
#[test]
fn a_retry_after_outlives_the_flight_that_was_told_it() {
    let later = Error::transient("busy").with_retry_after(Some(Duration::from_secs(20)));
    let (source, runtime) = (Scripted::new([Err(later), Ok(hour("then"))]).closed(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    let mut waiting = auth.token(Duration::ZERO);
    assert!(poll_once(&mut waiting).is_pending());
    runtime.suspend(Duration::from_secs(61));
    source.open();
    runtime.run_until_idle();

    let Poll::Ready(Err(error)) = poll_once(&mut auth.token(Duration::ZERO)) else {
        panic!("it is asked again at once")
    };
    assert!(error.is_transient() && error.retry_at().is_some(), "{error}");
    assert_eq!(source.calls(), 1);
    runtime.advance(Duration::from_secs(20));
    assert!(runtime.block_on(auth.token(Duration::ZERO)).is_ok());
}
