//! Types: checked by compiling this file.

use std::fmt::Debug;

use auth_core::Transport;
use auth_reqwest::{AuthMiddleware, Error, ErrorExt, RequestBuilderExt, ReqwestTransport};
use reqwest_middleware::Middleware;

use super::fixture::plain;
use crate::rig::{Counting, ORIGIN};

fn send<T: Send>(_: &T) {}
fn shared<T: Clone + Debug + Send + Sync + 'static>() {}
fn middleware<T: Middleware>() {}
fn transport<T: Transport>() {}
fn error<T: std::error::Error + Send + Sync + 'static>() {}
fn extended<T: ErrorExt>() {}

#[test]
fn what_is_shared_between_tasks_can_be() {
    shared::<AuthMiddleware>();
    shared::<ReqwestTransport>();
    middleware::<AuthMiddleware>();
    transport::<ReqwestTransport>();
    error::<Error>();
    extended::<reqwest_middleware::Error>();
}

#[test]
fn a_request_on_its_way_can_be_moved_to_another_thread() {
    let auth = Counting::default().auth();
    send(&plain().get(ORIGIN).send_with(&auth));
}

#[test]
fn a_middleware_says_how_it_replays_and_shows_no_secret() {
    let auth = Counting::default().auth();
    auth_core::runtime::FakeRuntime::new().block_on(auth.warm_up()).unwrap();
    let middleware = AuthMiddleware::new(auth);
    assert_eq!(middleware.authenticator().status().generation(), Some(1));
    for (middleware, replay) in [
        (middleware.clone(), "Clonable"),
        (middleware.clone().replay_if(|_, _| true), "OnlyIf"),
        (middleware.clone().without_replay(), "Never"),
        (middleware.without_replay().replay_if(|_, _| true), "Never"),
    ] {
        let shown = format!("{middleware:?}");
        assert!(shown.contains(replay) && !shown.contains("token-1"), "{shown}");
    }
}
