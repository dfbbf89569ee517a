//! A shutdown, and the last handle.

use std::time::Duration;

use auth_core::ErrorKind;

use super::checker::{block_on, check, thread};
use super::world::{Answers, Tasks, poll_once, token, world};

#[test]
fn beside_a_shutdown_a_caller_gets_its_token_or_hears_of_it() {
    check(|| {
        let world = world(Answers::AfterOthers, Tasks::Run);
        let auth = world.auth.clone();
        let other = thread::spawn(move || block_on(token(&auth)));
        block_on(world.auth.shutdown());
        let calls = world.source.calls();
        assert!(world.auth.status().generation().is_none(), "the token is forgotten");
        match other.join().unwrap() {
            Ok(token) => assert_eq!(token, "v1"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Closed),
        }
        assert!(calls <= 1);
        assert_eq!(world.end().calls(), calls, "called after the shutdown");
    });
}

#[test]
fn after_the_last_handle_nothing_runs() {
    check(|| {
        let world = world(Answers::Never, Tasks::Run);
        let auth = world.auth.clone();
        let other = thread::spawn(move || {
            let mut acquire = auth.token(Duration::ZERO);
            drop(auth);
            assert!(poll_once(&mut acquire).is_pending());
        });
        let mut acquire = world.auth.token(Duration::ZERO);
        assert!(poll_once(&mut acquire).is_pending());
        drop(acquire);
        other.join().unwrap();
        assert_eq!(world.end().calls(), 1);
    });
}

/// The flight's task may finish while the last handle goes: it ends by itself or is ended.
#[test]
fn the_last_handle_may_go_while_a_flight_lands() {
    check(|| {
        let world = world(Answers::AfterOthers, Tasks::Run);
        let mut acquire = world.auth.token(Duration::ZERO);
        drop(poll_once(&mut acquire));
        let auth = world.auth.clone();
        let other = thread::spawn(move || drop(auth));
        drop(acquire);
        let source = world.end();
        other.join().unwrap();
        assert_eq!(source.calls(), 1);
    });
}
