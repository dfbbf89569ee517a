//! The last handle, a shutdown, a replaced token.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::sources::StaticToken;
use auth_core::{Authenticator, ErrorKind, Stage, source_fn};

use super::scripted::{Scripted, poll_once};

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

    let mut shutdown = Box::pin(auth.shutdown());
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
fn an_invalidation_during_a_fetch_is_not_undone_by_its_result() {
    let (source, runtime) = (Scripted::hourly().closed(), FakeRuntime::new());
    let auth = authenticator(&source, &runtime);
    let mut waiting = auth.token(Duration::ZERO);
    assert!(poll_once(&mut waiting).is_pending());
    auth.invalidate();
    source.open();
    runtime.run_until_idle();
    let Poll::Ready(Ok(token)) = poll_once(&mut waiting) else { panic!("it hangs") };
    assert_eq!(token.secret().unwrap().expose(), "token-2", "what was asked for before is asked for again");
}
