//! The last handle, a shutdown, a replaced token.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::sources::StaticToken;
use auth_core::{Authenticator, Error, ErrorKind, Stage, source_fn};
use tracing::Subscriber;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::scripted::{Scripted, hour, poll_once};

fn authenticator(source: &Scripted, runtime: &FakeRuntime) -> Authenticator {
    Authenticator::builder(source.clone()).anywhere().runtime(runtime.clone()).build().unwrap()
}

#[test]
fn nothing_runs_after_the_last_handle_is_gone() {
    let runtime = FakeRuntime::new();
    let running = Arc::new(());
    let inside = Arc::clone(&running);
    let source = source_fn(move |_cx| {
        let inside = Arc::clone(&inside);
        async move {
            let _inside = inside;
            std::future::pending().await
        }
    });
    let auth = Authenticator::builder(source).anywhere().runtime(runtime.clone()).build().unwrap();
    let mut caller = auth.token(Duration::ZERO);
    assert!(poll_once(&mut caller).is_pending());
    runtime.run_until_idle();
    drop(auth);
    assert!(Arc::strong_count(&running) > 1, "a waiting caller is a handle too");
    drop(caller);
    runtime.run_until_idle();
    assert_eq!(Arc::strong_count(&running), 1, "the fetch was dropped, and the source with it");
}

#[test]
fn shutdown_lets_the_fetch_finish_and_then_closes() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    let mut waiting = auth.token(Duration::ZERO);
    assert!(poll_once(&mut waiting).is_pending());

    let mut shutdown = auth.shutdown();
    assert!(poll_once(&mut shutdown).is_pending());
    let Poll::Ready(Err(error)) = poll_once(&mut auth.token(Duration::ZERO)) else { panic!("it takes new callers") };
    assert_eq!(error.kind(), ErrorKind::Closed);

    source.open();
    runtime.run_until_idle();
    assert!(poll_once(&mut shutdown).is_ready());
    assert!(matches!(poll_once(&mut waiting), Poll::Ready(Ok(_))), "who waited before gets the token");
    assert_eq!(auth.status().stage(), Stage::Closed);
    assert!(auth.status().generation().is_none(), "the token is forgotten");
}

/// A caller may be polled long after the flight that it waited for has landed.
#[test]
fn what_was_waited_for_is_handed_out_after_a_shutdown_only_while_it_is_good() {
    let late = |meanwhile: fn(&Authenticator, &FakeRuntime)| {
        let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
        let auth = authenticator(&source, &runtime);
        let mut waiting = auth.token(Duration::ZERO);
        assert!(poll_once(&mut waiting).is_pending());
        source.open();
        runtime.run_until_idle();
        meanwhile(&auth, &runtime);
        assert!(poll_once(&mut auth.shutdown()).is_ready());
        match poll_once(&mut waiting) {
            Poll::Ready(result) => result.map(drop).map_err(|error| error.kind()),
            Poll::Pending => panic!("it has landed"),
        }
    };
    assert_eq!(late(|_, _| ()), Ok(()));
    assert_eq!(late(|auth, _| auth.invalidate()), Err(ErrorKind::Closed));
    assert_eq!(late(|_, runtime| runtime.advance(Duration::from_secs(3600))), Err(ErrorKind::Closed));
    assert_eq!(late(|_, runtime| runtime.suspend(Duration::from_secs(3600))), Err(ErrorKind::Closed));
}

/// What was waited for is remembered by nobody then, and still it is not handed out.
#[test]
fn what_was_waited_for_is_not_handed_out_once_it_was_forgotten_after_a_shutdown() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    let mut waiting = auth.token(Duration::ZERO);
    assert!(poll_once(&mut waiting).is_pending());
    source.open();
    runtime.run_until_idle();
    assert!(poll_once(&mut auth.shutdown()).is_ready());
    auth.invalidate();
    assert!(matches!(poll_once(&mut waiting), Poll::Ready(Err(error)) if error.kind() == ErrorKind::Closed));
}

/// Of two tokens, who has waited for the first does not get that after somebody else got the second.
#[test]
fn what_was_waited_for_is_not_handed_out_after_a_newer_one() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    let mut waiting = auth.token(Duration::ZERO);
    assert!(poll_once(&mut waiting).is_pending());
    source.open();
    runtime.run_until_idle();
    drop(auth.recover(1));
    runtime.run_until_idle();
    assert_eq!(auth.status().generation(), Some(2));
    assert!(poll_once(&mut auth.shutdown()).is_ready());
    assert!(matches!(poll_once(&mut waiting), Poll::Ready(Err(error)) if error.kind() == ErrorKind::Closed));
}

#[test]
fn a_replaced_token_is_used_from_then_on() {
    let source = StaticToken::new("old").unwrap();
    let handle = source.handle();
    let auth = Authenticator::builder(source).anywhere().runtime(FakeRuntime::new()).build().unwrap();
    let token = || match poll_once(&mut auth.token(Duration::ZERO)) {
        Poll::Ready(Ok(credential)) => credential.secret().unwrap().expose().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(token(), "old");
    handle.replace("new").unwrap();
    assert_eq!(token(), "new");
    assert!(handle.replace("not a token").is_err());
    assert_eq!(token(), "new", "a refused replacement changes nothing");
}

#[test]
fn what_was_being_read_when_the_source_changed_is_read_again() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    let mut waiting = auth.token(Duration::ZERO);
    assert!(poll_once(&mut waiting).is_pending());
    source.changed();
    source.open();
    runtime.run_until_idle();
    runtime.advance(Duration::from_secs(1));
    let Poll::Ready(Ok(token)) = poll_once(&mut waiting) else { panic!("it hangs") };
    assert_eq!(token.secret().unwrap().expose(), "token-2");
}

#[test]
fn a_source_that_changes_whenever_it_is_read_fails_after_three_readings() {
    let (calls, runtime) = (Arc::new(AtomicU32::new(0)), FakeRuntime::new());
    let counter = Arc::clone(&calls);
    let source = source_fn(move |cx| {
        counter.fetch_add(1, Ordering::SeqCst);
        cx.changed().notify();
        async { Ok(hour("old")) }
    });
    let auth = Authenticator::builder(source).anywhere().runtime(runtime.clone()).build().unwrap();
    runtime.set_random(0.5);
    let mut caller = auth.token(Duration::ZERO);
    assert!(poll_once(&mut caller).is_pending(), "it does not spin on the caller's thread");
    runtime.advance(Duration::from_secs(1));
    let Poll::Ready(Err(error)) = poll_once(&mut caller) else { panic!("it hangs") };
    assert!(error.is_transient(), "{error}");
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[test]
fn invalidating_without_end_leaves_the_issuer_alone_and_still_brings_tokens() {
    let (source, runtime) = (Scripted::hourly(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    source.close();
    let mut caller = auth.token(Duration::ZERO);
    assert!(poll_once(&mut caller).is_pending());
    for _ in 0..100 {
        auth.invalidate();
    }
    source.open();
    runtime.run_until_idle();
    assert!(matches!(poll_once(&mut caller), Poll::Ready(Ok(_))));
    assert_eq!(source.calls(), 1, "a fetch that is under way counts as the next");
}

#[test]
fn a_landed_caller_that_looks_late_gets_what_is_valid_then() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    let mut late = auth.token(Duration::ZERO);
    assert!(poll_once(&mut late).is_pending());
    source.open();
    runtime.run_until_idle();
    runtime.advance(Duration::from_secs(3601));
    let Poll::Ready(Ok(token)) = poll_once(&mut late) else { panic!("it hangs") };
    assert_eq!(token.secret().unwrap().expose(), "token-2", "the first has ended while it did not look");
}

#[test]
fn shutdown_closes_before_it_is_awaited() {
    let auth = authenticator(&Scripted::hourly(), &FakeRuntime::new());
    let _shutdown = auth.shutdown();
    assert!(matches!(poll_once(&mut auth.token(Duration::ZERO)), Poll::Ready(Err(_))));
}

#[test]
fn a_listener_that_panics_wedges_nobody() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let auth = Authenticator::builder(source.clone())
        .anywhere()
        .runtime(runtime.clone())
        .listener(|_| panic!("in a listener"))
        .build()
        .unwrap();
    let mut callers: Vec<_> = (0..3).map(|_| auth.token(Duration::ZERO)).collect();
    callers.iter_mut().for_each(|caller| assert!(poll_once(caller).is_pending()));
    source.open();
    runtime.run_until_idle();
    callers.iter_mut().for_each(|caller| assert!(matches!(poll_once(caller), Poll::Ready(Ok(_)))));
}

/// Where the log can't be written, say.
struct PanickingLog;

impl<S: Subscriber> Layer<S> for PanickingLog {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        panic!("in the log");
    }
}

#[test]
fn a_log_that_panics_wedges_nobody() {
    let refused = || Err(Error::new(ErrorKind::Rejected, "the source's words"));
    let (source, runtime) = (Scripted::new([refused(), Ok(hour("then"))]), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(PanickingLog), || {
        let Poll::Ready(Err(error)) = poll_once(&mut auth.token(Duration::ZERO)) else {
            panic!("it is refused at once")
        };
        assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
        auth.retry_now();
        assert!(matches!(poll_once(&mut auth.token(Duration::ZERO)), Poll::Ready(Ok(_))));
    });
}

#[test]
fn a_source_that_changes_during_a_re_read_is_no_failure() {
    let read = |token: &str| Ok(hour(token).recheck(Duration::from_secs(30)));
    let (source, runtime) = (Scripted::new([read("first"), read("obsolete"), read("changed")]), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    runtime.block_on(auth.warm_up()).unwrap();
    runtime.advance(Duration::from_secs(31));
    source.close();
    assert!(poll_once(&mut auth.token(Duration::ZERO)).is_ready(), "the token serves while it is read again");
    source.changed();
    source.open();
    runtime.run_until_idle();
    let token = runtime.block_on(auth.token(Duration::ZERO)).unwrap();
    assert_eq!(token.secret().unwrap().expose(), "changed");
}
