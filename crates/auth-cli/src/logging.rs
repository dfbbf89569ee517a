//! What happens inside, on stderr, for those who ask.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Shows warnings of the libraries, with `-v` what they do, with `-vv` all of it. What others log is never shown: clients
/// log URLs and headers.
pub(crate) fn start(verbose: u8) {
    let level = match verbose {
        0 => LevelFilter::ERROR,
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
