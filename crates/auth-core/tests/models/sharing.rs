//! One flight for all who wait, whoever comes and goes.

use std::sync::Arc;
use std::time::Duration;

use auth_core::Error;

use super::checker::{block_on, check, check_within, thread};
use super::world::{Answers, Tasks, poll_once, secret, token, world};

#[test]
fn two_cold_callers_share_one_fetch_and_both_are_woken() {
    check(|| {
        let world = world(Answers::AfterOthers, Tasks::Run);
        let auth = world.auth.clone();
        let other = thread::spawn(move || block_on(token(&auth)).unwrap());
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v1");
        assert_eq!(other.join().unwrap(), "v1");
        assert_eq!(world.end().calls(), 1);
    });
}

#[test]
fn a_waiter_that_leaves_wakes_nobody_and_loses_nothing() {
    check(|| {
        let world = world(Answers::AfterOthers, Tasks::Run);
        let auth = world.auth.clone();
        let leaves = thread::spawn(move || drop(poll_once(&mut auth.token(Duration::ZERO))));
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v1");
        leaves.join().unwrap();
        assert_eq!(world.end().calls(), 1);
    });
}

#[test]
fn who_has_started_a_flight_may_go_and_the_others_get_their_token() {
    check(|| {
        let world = world(Answers::AfterOthers, Tasks::Run);
        let mut starter = world.auth.token(Duration::ZERO);
        drop(poll_once(&mut starter));
        let auth = world.auth.clone();
        let other = thread::spawn(move || block_on(token(&auth)).unwrap());
        drop(starter);
        assert_eq!(other.join().unwrap(), "v1");
        assert_eq!(world.end().calls(), 1);
    });
}

#[test]
fn who_has_started_a_flight_and_is_not_polled_blocks_nobody() {
    check(|| {
        let world = world(Answers::AfterOthers, Tasks::Run);
        let mut starter = world.auth.token(Duration::ZERO);
        drop(poll_once(&mut starter));
        let auth = world.auth.clone();
        let other = thread::spawn(move || block_on(token(&auth)).unwrap());
        assert_eq!(other.join().unwrap(), "v1");
        assert_eq!(block_on(secret(starter)).unwrap(), "v1");
        assert_eq!(world.end().calls(), 1);
    });
}

#[test]
fn a_task_that_is_lost_leaves_nobody_waiting() {
    check_within(1, || {
        let world = world(Answers::AfterOthers, Tasks::FirstIsLost);
        let auth = world.auth.clone();
        let other = thread::spawn(move || block_on(token(&auth)).unwrap());
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v1");
        assert_eq!(other.join().unwrap(), "v1");
        assert_eq!(world.end().calls(), 2, "it is asked again once");
    });
}

#[test]
fn in_the_soft_phase_one_refresh_is_started_and_nobody_waits_for_it() {
    check(|| {
        let world = world(Answers::AtOnce, Tasks::Run);
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v1");
        world.source.set_version(2);
        world.pass(2800);
        let at_once = |auth: &auth_core::Authenticator| -> Result<String, Error> {
            let mut acquire = auth.token(Duration::ZERO);
            let std::task::Poll::Ready(token) = poll_once(&mut acquire) else { panic!("it waits") };
            Ok(token?.secret().unwrap().expose().to_owned())
        };
        let auth = world.auth.clone();
        let other = thread::spawn(move || at_once(&auth).unwrap());
        let mine = at_once(&world.auth).unwrap();
        let others = other.join().unwrap();
        assert!([mine, others].iter().all(|token| token == "v1" || token == "v2"));
        world.settle();
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v2");
        assert_eq!(Arc::clone(&world.source).calls(), 2);
        world.end();
    });
}
