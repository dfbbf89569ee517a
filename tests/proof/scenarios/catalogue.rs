//! The emulator's own scenarios: each for as long as it takes, and each once.
//!
//! When it is over, the next request must get through: whatever was kept of the failure has an end.

use std::time::Duration;

use auth_emulator::Scenario as Given;

use super::{Scenario, over_each};
use crate::expectation;
use crate::front::Front;
use crate::rig::Load;
use crate::scene::{Scene, Seen};

/// No failure is kept for as long.
const LATER: Duration = Duration::from_secs(3660);

/// What a caller has set its own HTTP client, which has no limit of ours. More than any acquisition takes.
const PATIENCE: Duration = Duration::from_secs(40);

pub(super) fn all() -> Vec<Scenario> {
    let all = Given::all();
    let expected = expectation::all();
    let takes_time = |name: &str| expectation::of(&expected, name).is_some_and(|expected| expected.within > 0);
    let always = |given: &Given| {
        let (name, given) = (given.name().to_owned(), given.clone());
        let (words, takes_time) = (given.description().to_owned(), takes_time(&name));
        Scenario { name, given: Some(words), expectation: None, acts: over_each!(for_long(given, takes_time)) }
    };
    let once = |given: &Given| {
        let (name, given) = (format!("{}/once", given.name()), given.clone());
        let (words, takes_time) = (format!("once, {}", given.description()), takes_time(&name));
        Scenario { name, given: Some(words), expectation: None, acts: over_each!(one_time(given, takes_time)) }
    };
    let passing = all.iter().filter(|given| !is_final(given)).map(once);
    all.iter().map(always).chain(passing).collect()
}

/// What OAuth's codes say holds, the first time or the tenth: `token/400/invalid_grant`.
fn is_final(given: &Given) -> bool {
    given.name().split('/').count() > 2
}

async fn for_long<F: Front>(given: Given, takes_time: bool) -> Seen {
    let scene = Scene::<F>::new().await;
    given.arm(&scene.emulator);
    let passing = takes_time.then(|| scene.let_time_pass());
    scene.send_within(PATIENCE, "POST", Load::from("an order")).await;
    drop(passing);
    // A request that was never read is no record, but a connection.
    let unread = if scene.emulator.token_request_count() == 0 { scene.emulator.connection_count() } else { 0 };
    over(scene, &given, unread).await
}

async fn one_time<F: Front>(given: Given, takes_time: bool) -> Seen {
    let scene = Scene::<F>::new().await;
    given.arm_once(&scene.emulator);
    let unread = scene.emulator.connection_faults().pending();
    let passing = takes_time.then(|| scene.let_time_pass());
    scene.send_within(PATIENCE, "POST", Load::from("an order")).await;
    drop(passing);
    over(scene, &given, unread).await
}

async fn over<F: Front>(scene: Scene<F>, given: &Given, unread: usize) -> Seen {
    scene.stop_the_watch();
    scene.emulator.clear_faults();
    if given.name().starts_with("token/") {
        scene.clock.advance(LATER);
    }
    scene.get().await;
    let mut seen = scene.seen();
    seen.fetches += unread;
    seen
}
