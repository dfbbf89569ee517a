//! What happens inside, on stderr, for those who ask.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Shows what the libraries do with `-v`, and all of it with `-vv`; else what a command that `serves` is to be warned of. One
/// that ends says by itself why. What others log is never shown: clients log URLs and headers.
pub(crate) fn start(verbose: u8, serves: bool) {
    let level = match verbose {
        0 if serves => LevelFilter::WARN,
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        _ => LevelFilter::TRACE,
    };
    let ours = ["auth_core", "auth_reqwest", "auth_tower", "authctl"];
    let targets = ours.into_iter().fold(Targets::new(), |targets, ours| targets.with_target(ours, level));
    let stderr = || anstream::AutoStream::auto(io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_writer(stderr).without_time();
    // Nobody else has set one: this is the program.
    let _ = tracing_subscriber::registry().with(lines).with(targets).try_init();
}
