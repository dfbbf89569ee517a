//! loom: every interleaving.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

pub(crate) use loom::future::block_on;
pub(crate) use loom::sync::Mutex;
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU32};
pub(crate) use loom::thread;

/// Runs the model once for each interleaving with up to three preemptions, and says how many there were.
pub(crate) fn check(model: impl Fn() + Send + Sync + 'static) {
    check_within(3, model);
}

/// The same for a model that is too large for three. `LOOM_MAX_PREEMPTIONS` asks for another number, of every model.
#[expect(clippy::print_stdout, reason = "the count is what is asked for")]
pub(crate) fn check_within(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let mut builder = loom::model::Builder::new();
    let most = *builder.preemption_bound.get_or_insert(preemptions);
    builder.check(move || {
        counter.fetch_add(1, Relaxed);
        model();
    });
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    println!("loom: {} interleavings (up to {most} preemptions) of {name}", count.load(Relaxed));
}
