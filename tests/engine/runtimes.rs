//! Runtimes that die, and callers that have none.

use std::task::Poll;
use std::time::Duration;

use auth_core::sources::StaticToken;
use auth_core::{Authenticator, ErrorKind};
use tokio::runtime::Runtime;

use super::scripted::{Scripted, poll_once};

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn authenticator(source: &Scripted) -> Authenticator {
    Authenticator::builder(source.clone()).anywhere().build().unwrap()
}

#[test]
fn a_runtime_that_dies_mid_flight_does_not_poison_another() {
    let source = Scripted::hourly().closed();
    let auth = authenticator(&source);
    let (doomed, alive) = (runtime(), runtime());

    let mut on_doomed = auth.token(Duration::ZERO);
    doomed.block_on(async { assert!(poll_once(&mut on_doomed).is_pending()) });
    let mut on_alive = auth.token(Duration::ZERO);
    alive.block_on(async { assert!(poll_once(&mut on_alive).is_pending()) });
    drop(doomed);
    source.open();

    let token = alive.block_on(on_alive).unwrap();
    assert_eq!(token.generation(), 1, "the waiter fetched again on its own runtime");
    assert_eq!(source.calls(), 2);
    assert!(matches!(poll_once(&mut on_doomed), Poll::Ready(Ok(_))), "and so the other one is served too");
}

#[test]
fn a_runtime_that_died_is_survived_by_the_next_caller() {
    let source = Scripted::hourly().closed();
    let auth = authenticator(&source);
    let doomed = runtime();
    doomed.block_on(async { assert!(poll_once(&mut auth.token(Duration::ZERO)).is_pending()) });
    drop(doomed);
    source.open();
    assert!(runtime().block_on(auth.token(Duration::ZERO)).is_ok());
}

#[test]
fn a_runtime_that_dies_during_an_early_refresh_leaves_the_token_in_use() {
    let source = Scripted::hourly();
    let mut policy = auth_core::Policy::default();
    policy.refresh_lead = 1.0; // a refresh is due at once
    let auth = Authenticator::builder(source.clone()).anywhere().policy(policy).build().unwrap();
    runtime().block_on(auth.warm_up()).unwrap();
    source.close();
    let doomed = runtime();
    doomed.block_on(async { assert!(poll_once(&mut auth.token(Duration::ZERO)).is_ready()) });
    drop(doomed);
    assert!(!auth.status().is_refreshing());
    assert!(poll_once(&mut auth.token(Duration::ZERO)).is_ready());
}

#[test]
fn a_call_outside_any_runtime_gets_a_valid_token_or_a_clear_error() {
    let source = Scripted::hourly().closed();
    let auth = authenticator(&source);
    let Poll::Ready(Err(error)) = poll_once(&mut auth.token(Duration::ZERO)) else { panic!("it hangs") };
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("tokio runtime") && error.to_string().contains(".runtime("), "{error}");

    source.open();
    runtime().block_on(auth.warm_up()).expect("the error was about the caller, so it is not kept");
    assert!(matches!(poll_once(&mut auth.token(Duration::ZERO)), Poll::Ready(Ok(_))), "a valid token needs no runtime");
}

#[test]
fn a_source_that_need_not_wait_needs_no_runtime() {
    let auth = Authenticator::builder(StaticToken::new("here").unwrap()).anywhere().build().unwrap();
    assert!(matches!(poll_once(&mut auth.token(Duration::ZERO)), Poll::Ready(Ok(_))));
}

#[test]
fn where_there_is_no_runtime_a_source_that_has_to_wait_is_asked_once() {
    let source = Scripted::hourly().closed();
    let auth = authenticator(&source);
    for _ in 0..100 {
        assert!(matches!(poll_once(&mut auth.token(Duration::ZERO)), Poll::Ready(Err(_))));
    }
    assert_eq!(source.calls(), 1, "each try would send a request and throw its answer away");
}

/// Its timer belongs to the runtime that is gone; the flight does not.
#[test]
fn a_caller_that_outlives_its_runtime_waits_on_in_another() {
    let source = Scripted::hourly().closed();
    let auth = authenticator(&source);
    let (doomed, alive) = (runtime(), runtime());
    let mut first = auth.token(Duration::ZERO);
    alive.block_on(async { assert!(poll_once(&mut first).is_pending()) });
    let mut moved = auth.token(Duration::ZERO);
    doomed.block_on(async { assert!(poll_once(&mut moved).is_pending()) });
    drop(doomed);

    alive.block_on(async { assert!(poll_once(&mut moved).is_pending(), "the flight is still under way") });
    assert!(poll_once(&mut moved).is_pending(), "nor does it hurt to look where there is no runtime");
    source.open();
    assert_eq!(alive.block_on(moved).unwrap().generation(), 1);
    assert_eq!(source.calls(), 1);
}
