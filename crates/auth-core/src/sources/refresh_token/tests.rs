use std::future::pending;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Request, Response};

use super::*;
use crate::exchange::ClientAuth;
use crate::runtime::FakeRuntime;
use crate::sources::bench::Bench;
use crate::{Authenticator, Policy, Transport};

fn source() -> RefreshToken {
    RefreshToken::new(Bench::endpoint(), Client::public("app"), "r0").unwrap()
}

/// Answers with an access token for a minute and this refresh token.
fn rotates(bench: &Bench, access: &str, refresh: &str) {
    bench.answers(200, &format!(r#"{{"access_token":"{access}","expires_in":60,"refresh_token":{refresh}}}"#));
}

/// The refresh tokens sent so far.
fn sent(bench: &Bench) -> Vec<String> {
    bench.all().iter().map(|request| request.field("refresh_token").to_owned()).collect()
}

/// What a hook was called with; it fails as long as there are failures left.
#[derive(Clone, Default)]
struct Disk {
    written: Arc<Mutex<Vec<String>>>,
    failures: Arc<AtomicUsize>,
}

impl Disk {
    fn write(&self, token: &Secret) -> Result<(), Error> {
        self.written.lock().unwrap().push(token.expose().to_owned());
        let failing =
            self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if failing { Err(Error::transient("disk full")) } else { Ok(()) }
    }

    fn under(&self, source: RefreshToken) -> RefreshToken {
        let disk = self.clone();
        source.on_rotate(move |token| {
            let disk = disk.clone();
            async move { disk.write(&token) }
        })
    }

    fn written(&self) -> Vec<String> {
        self.written.lock().unwrap().clone()
    }
}

#[test]
fn the_form_is_that_of_the_rfc() {
    let bench = Bench::new(source().scope("a b"));
    bench.grants("t");
    assert_eq!(bench.token().unwrap(), "t");
    let request = bench.last();
    let expect = [("grant_type", "refresh_token"), ("refresh_token", "r0"), ("scope", "a b"), ("client_id", "app")];
    assert_eq!(request.form(), expect);
    assert_eq!(request.basic(), None);

    let confidential = RefreshToken::new(Bench::endpoint(), ClientAuth::basic("id", "s"), "r0").unwrap();
    let bench = Bench::new(confidential);
    bench.grants("t");
    assert_eq!(bench.token().unwrap(), "t");
    assert_eq!(bench.last().form(), [("grant_type", "refresh_token"), ("refresh_token", "r0")]);
    assert_eq!(bench.last().basic().as_deref(), Some("id:s"));
}

#[test]
fn each_new_refresh_token_is_saved_once_and_used_next() {
    let disk = Disk::default();
    let bench = Bench::new(disk.under(source()));
    // The third answer brings none, the fourth the same one again.
    for (access, refresh) in [("a", r#""r1""#), ("b", r#""r2""#), ("c", "null"), ("d", r#""r2""#)] {
        rotates(&bench, access, refresh);
        assert_eq!(bench.token().unwrap(), access);
        bench.advance(61);
    }
    assert_eq!(sent(&bench), ["r0", "r1", "r2", "r2"]);
    assert_eq!(disk.written(), ["r1", "r2"]);
}

#[test]
fn a_word_in_its_place_replaces_no_refresh_token() {
    let disk = Disk::default();
    let bench = Bench::new(disk.under(source()));
    let words = [r#""not_supported""#, r#""""#, r#"" ""#, r#""null""#, r#""undefined""#, r#""None""#, r#""a\nb""#];
    for (access, word) in ["a", "b", "c", "d", "e", "f", "g"].into_iter().zip(words) {
        rotates(&bench, access, word);
        assert_eq!(bench.token().unwrap(), access, "{word}");
        bench.advance(61);
    }
    assert_eq!(sent(&bench), ["r0"; 7]);
    assert_eq!(disk.written(), [""; 0]);
    for token in ["", "not_supported", "\"r0\"", "<your-token>", "null"] {
        let error = RefreshToken::new(Bench::endpoint(), Client::public("app"), token).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "{token}");
    }
}

#[test]
fn when_saving_fails_nothing_is_lost_and_it_is_tried_again() {
    let disk = Disk::default();
    disk.failures.store(2, Ordering::SeqCst);
    let bench = Bench::new(disk.under(source()));
    rotates(&bench, "a", r#""r1""#);
    assert_eq!(bench.token().unwrap(), "a", "served all the same");
    bench.advance(61);
    rotates(&bench, "b", "null");
    assert_eq!(bench.token().unwrap(), "b");
    assert_eq!(disk.written(), ["r1", "r1"]);
    bench.advance(61);
    // Also after an exchange that failed.
    bench.answers(403, "no");
    bench.token().unwrap_err();
    assert_eq!(disk.written(), ["r1", "r1", "r1"]);
    bench.advance(61);
    rotates(&bench, "c", "null");
    assert_eq!(bench.token().unwrap(), "c");
    assert_eq!(disk.written(), ["r1", "r1", "r1"], "it was saved");
    assert_eq!(sent(&bench), ["r0", "r1", "r1", "r1"]);
}

#[test]
fn a_hook_that_hangs_costs_five_seconds_and_no_token() {
    let source = source().on_rotate(|_| pending());
    let bench = Bench::new(source.clone());
    rotates(&bench, "a", r#""r1""#);
    let before = bench.clock.wall();
    assert_eq!(bench.token().unwrap(), "a");
    assert_eq!(bench.clock.wall().duration_since(before).unwrap(), SAVING);
    assert_eq!(source.current().expose(), "r1");
}

#[test]
fn the_new_one_is_there_before_the_hook_is_called() {
    let source = source();
    let (seen, clone) = (Arc::new(Mutex::new(String::new())), source.clone());
    let noted = Arc::clone(&seen);
    let source = source.on_rotate(move |token| {
        let current = clone.current();
        assert!(current.same_as(&token));
        *noted.lock().unwrap() = current.expose().to_owned();
        async { Ok(()) }
    });
    let bench = Bench::new(source);
    rotates(&bench, "a", r#""r1""#);
    assert_eq!(bench.token().unwrap(), "a");
    assert_eq!(*seen.lock().unwrap(), "r1");
}

#[test]
fn a_spent_refresh_token_asks_for_a_person_who_can_put_in_another() {
    let source = source();
    let bench = Bench::new(source.clone());
    bench.answers(400, r#"{"error":"invalid_grant","error_description":"r0 is revoked"}"#);
    let error = bench.token().unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::InteractionRequired, Some("invalid_grant")));
    for says in ["sign in again", "is another client's: check the client id"] {
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(!error.to_string().contains("r0"), "{error}");
    bench.token().unwrap_err();
    assert_eq!(bench.requests(), 1, "the failure is kept");

    source.replace("  n0\n").unwrap();
    bench.grants("t");
    assert_eq!(bench.token().unwrap(), "t", "at once");
    assert_eq!(sent(&bench), ["r0", "n0"]);
    assert_eq!(source.replace("").unwrap_err().kind(), ErrorKind::Misconfigured);
}

#[test]
fn a_refused_client_is_not_a_spent_refresh_token() {
    let bench = Bench::new(source());
    bench.answers(401, r#"{"error":"invalid_client"}"#);
    let error = bench.token().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("the issuer refused the client id (invalid_client)"), "{error}");
}

#[test]
fn an_answer_of_no_use_still_brings_the_next_refresh_token() {
    let disk = Disk::default();
    let bench = Bench::new(disk.under(source()));
    bench.answers(200, r#"{"access_token":"a","expires_in":"soon","refresh_token":"r1"}"#);
    rotates(&bench, "b", r#""r2""#);
    assert_eq!(bench.token().unwrap(), "b", "repeated, since the next one is there");
    assert_eq!(sent(&bench), ["r0", "r1"]);
    assert_eq!(disk.written(), ["r1", "r2"]);
}

#[test]
fn after_a_success_that_can_not_be_read_the_same_token_is_not_sent_at_once() {
    let bench = Bench::new(source());
    bench.answers(200, "<html>");
    bench.grants("t");
    assert_eq!(bench.token().unwrap_err().kind(), ErrorKind::Malformed);
    assert_eq!(sent(&bench), ["r0"]);
}

#[test]
fn what_may_have_been_sent_is_not_sent_again_and_what_was_not_is() {
    let bench = Bench::new(source());
    bench.issuer.answer_with(Err(Error::transient("broken off")));
    bench.grants("t");
    assert_eq!(bench.token().unwrap_err().kind(), ErrorKind::Transient);
    assert_eq!(bench.requests(), 1);

    let bench = Bench::new(source());
    bench.issuer.answer_with(Err(Error::transient("no connection").never_sent()));
    bench.grants("t");
    assert_eq!(bench.token().unwrap(), "t");
    assert_eq!(sent(&bench), ["r0", "r0"]);
}

/// An issuer that takes its time, and rotates by counting.
#[derive(Clone)]
struct Slow {
    clock: FakeRuntime,
    takes: Duration,
    redeemed: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Transport for Slow {
    async fn send(&self, request: Request<Bytes>, _: usize) -> Result<Response<Bytes>, Error> {
        use crate::runtime::Runtime;
        let form = form_urlencoded::parse(request.body()).into_owned();
        let token = form.into_iter().find(|(name, _)| name == "refresh_token").unwrap().1;
        let number = {
            let mut redeemed = self.redeemed.lock().unwrap();
            assert!(!redeemed.contains(&token), "{token} is redeemed twice");
            redeemed.push(token);
            redeemed.len()
        };
        self.clock.sleep_until(self.clock.now().monotonic() + self.takes).await;
        Ok(Response::new(
            format!(r#"{{"access_token":"a{number}","expires_in":60,"refresh_token":"r{number}"}}"#).into(),
        ))
    }
}

#[test]
fn two_authenticators_over_clones_take_turns() {
    let clock = FakeRuntime::new();
    let slow = Slow { clock: clock.clone(), takes: Duration::from_secs(14), redeemed: Arc::default() };
    let source = source();
    let made = |source: &RefreshToken| {
        let once = Policy { attempts: 1, ..Policy::default() };
        let auth = Authenticator::builder(source.clone()).anywhere().transport(slow.clone()).runtime(clock.clone());
        auth.policy(once).build().unwrap()
    };
    let all: Vec<Authenticator> = (0..3).map(|_| made(&source)).collect();
    for auth in &all {
        // Starts its flight, and lets go of it.
        let mut waiting = Box::pin(auth.warm_up());
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(waiting.as_mut().poll(&mut cx).is_pending());
    }
    clock.advance(Duration::from_secs(42));
    assert_eq!(*slow.redeemed.lock().unwrap(), ["r0", "r1", "r2"]);
    for auth in &all {
        assert!(auth.status().remaining().is_some(), "also the one that waited 28 s for its turn");
    }
    assert_eq!(source.current().expose(), "r3");
}

#[test]
fn a_slow_issuer_leaves_the_hook_its_time() {
    let clock = FakeRuntime::new();
    let slow = Slow { clock: clock.clone(), takes: Duration::from_secs(29), redeemed: Arc::default() };
    let source = source().on_rotate(|_| pending());
    let auth = Authenticator::builder(source).anywhere().transport(slow).runtime(clock.clone()).build().unwrap();
    clock.block_on_within(Duration::from_secs(29) + SAVING, auth.warm_up()).unwrap();
}

#[test]
fn whoever_is_dropped_gives_its_turn_back() {
    let clock = FakeRuntime::new();
    let slow = Slow { clock: clock.clone(), takes: Duration::from_secs(100), redeemed: Arc::default() };
    let source = source();
    let hung =
        Authenticator::builder(source.clone()).anywhere().transport(slow).runtime(clock.clone()).build().unwrap();
    let mut waiting = Box::pin(hung.warm_up());
    assert!(waiting.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending());
    drop(waiting);
    clock.advance(Duration::from_secs(32));

    source.replace("n0").unwrap();
    let bench = Bench::at(clock, source);
    bench.grants("t");
    assert_eq!(bench.token().unwrap(), "t");
}

#[test]
fn one_put_in_meanwhile_is_not_replaced_by_the_successor_of_the_old_one() {
    let source = source();
    let clone = source.clone();
    let bench = Bench::new(source.clone());
    bench.echoes(200, move |_| {
        clone.replace("n0").unwrap();
        r#"{"access_token":"a","expires_in":60,"refresh_token":"r1"}"#.to_owned()
    });
    let _ = bench.token();
    assert_eq!(source.current().expose(), "n0");
}

#[test]
fn nothing_prints_it() {
    let shown = format!("{:?} {:#?}", source(), source().on_rotate(|_| async { Ok(()) }));
    assert!(!shown.contains("r0"), "{shown}");
}
