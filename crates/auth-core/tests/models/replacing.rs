//! What is there after a token was replaced or forgotten.

use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::time::Duration;

use auth_core::Authenticator;
use auth_core::adapter::{Attach, Sent, View};
use http::{HeaderMap, Uri};

use super::checker::{AtomicBool, block_on, check, thread};
use super::world::{Answers, Tasks, poll_once, token, world};

#[test]
fn after_a_change_the_old_token_is_never_served() {
    check(|| {
        let world = world(Answers::AtOnce, Tasks::Run);
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v1");
        let auth = world.auth.clone();
        let other = thread::spawn(move || {
            auth.invalidate();
            block_on(token(&auth)).unwrap()
        });
        world.source.set_version(2);
        world.source.changed();
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v2");
        other.join().unwrap();
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v2");
        world.end();
    });
}

#[test]
fn a_view_never_attaches_a_token_that_was_forgotten_before() {
    check(|| {
        let world = world(Answers::AtOnce, Tasks::Run);
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v1");
        let attached = |view: &mut View| {
            let mut request = http::Request::get("https://api.example.com/").body(()).unwrap();
            let hit = view.hit(&mut request);
            assert_eq!(hit.is_some(), request.headers().contains_key("authorization"));
            hit.is_some()
        };
        let mut view = View::new(world.auth.clone());
        assert!(attached(&mut view) && attached(&mut view) && attached(&mut view));
        let forgotten = Arc::new(AtomicBool::new(false));
        let (auth, told) = (world.auth.clone(), Arc::clone(&forgotten));
        let other = thread::spawn(move || {
            auth.invalidate();
            told.store(true, Release);
        });
        let late = forgotten.load(Acquire);
        assert!(!(attached(&mut view) && late));
        other.join().unwrap();
        assert!(!attached(&mut view));
    });
}

/// The generation that a request was sent with, which is that of its header.
fn sent(auth: &Authenticator) -> u64 {
    let (uri, mut headers) = (Uri::from_static("https://api.example.com/"), HeaderMap::new());
    let Ok(Attach::Ready(Sent::With { generation })) = auth.attach(&uri, &mut headers) else {
        panic!("nothing attached")
    };
    assert_eq!(headers["authorization"], format!("Bearer v{generation}"));
    generation
}

#[test]
fn generations_grow_and_each_has_its_own_header() {
    check(|| {
        let world = world(Answers::AtOnce, Tasks::Run);
        assert_eq!(sent_first(&world.auth), 1);
        world.source.set_version(2);
        let auth = world.auth.clone();
        let reader = thread::spawn(move || (sent(&auth), sent(&auth)));
        drop(world.auth.recover(1));
        let (first, second) = reader.join().unwrap();
        assert!(first <= second, "{first}, then {second}");
        assert_eq!(sent(&world.auth), 2);
        world.end();
    });
}

fn sent_first(auth: &Authenticator) -> u64 {
    block_on(auth.warm_up()).unwrap();
    sent(auth)
}

/// A fetch hangs and is given up, or about to be; its answer comes all the same, before, beside or after that of the fetch that
/// takes its place.
#[test]
fn a_late_result_never_replaces_a_newer_one() {
    check(|| {
        let world = world(Answers::FirstWhenTold, Tasks::RunOn);
        let mut slow = world.auth.token(Duration::ZERO);
        assert!(poll_once(&mut slow).is_pending());
        world.source.set_version(2);
        world.pass(61);
        world.source.answer_the_first();
        block_on(token(&world.auth)).unwrap();
        world.settle();
        let newest = world.source.calls();
        assert_eq!(block_on(token(&world.auth)).unwrap(), format!("v{newest}"));
        assert!(poll_once(&mut slow).is_ready(), "who waited for the slow one is told");
        drop(slow);
        assert_eq!(world.end().calls(), newest);
    });
}
