//! shuttle: random interleavings, and those that PCT finds, which changes priorities at few places (Burckhardt and others,
//! "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs").

use std::sync::Arc;

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

pub(crate) use shuttle::future::block_on;
pub(crate) use shuttle::sync::Mutex;
pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicU32};
pub(crate) use shuttle::thread;

/// How many schedules of each model, if this does not say. `just shuttle-full` says a million.
const VARIABLE: &str = "SCHEDULES";
const SHORT: usize = 20_000;
/// How many changes of priority PCT makes: a bug that needs more events in a certain order than that it may miss.
const DEPTH: usize = 4;

/// Runs the model under both schedulers, half of the schedules each, and says how many there were.
#[expect(clippy::print_stdout, reason = "the count is what is asked for")]
pub(crate) fn check(model: impl Fn() + Send + Sync + 'static) {
    let schedules = std::env::var(VARIABLE).map_or(SHORT, |number| number.parse().expect("SCHEDULES is a number"));
    let model = Arc::new(model);
    let random = run(RandomScheduler::new(schedules / 2), Arc::clone(&model));
    let pct = run(PctScheduler::new(DEPTH, schedules / 2), model);
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    println!("shuttle: {} schedules ({random} random, {pct} PCT) of {name}", random + pct);
}

/// The same: nothing is too large for it.
pub(crate) fn check_within(_preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    check(model);
}

fn run(scheduler: impl Scheduler + 'static, model: Arc<impl Fn() + Send + Sync + 'static>) -> usize {
    let mut config = Config::new();
    // It sees every order of events, but each thread sees them all in that order: weaker orderings are loom's part.
    config.silence_warnings = true;
    Runner::new(scheduler, config).run(move || model())
}
