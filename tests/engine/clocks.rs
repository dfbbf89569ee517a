//! Machines that sleep, and clocks that are set.

use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::Authenticator;

use super::scripted::Scripted;

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
