//! What is logged meanwhile: everything of ours, and everybody's DEBUG. No secret may stand there.

use std::io;
use std::sync::{Mutex, PoisonError};

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::hunt::Hunt;

/// What every token and key that is made here begins with.
pub(crate) const CANARY: &str = "kanary-of-load-";

static SAID: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        SAID.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Listens from now on, in the whole process.
///
/// # Panics
/// If what is said on purpose is not found: nothing would be.
pub(crate) fn begin() {
    let ours = ["auth_core", "auth_reqwest", "auth_tower"].map(|target| (target, Level::TRACE));
    let written = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Ear);
    tracing_subscriber::registry()
        .with(written)
        .with(Targets::new().with_default(Level::DEBUG).with_targets(ours))
        .init();
    tracing::trace!(target: "auth_core", "on purpose: Bearer {CANARY}1-of-0");
    assert_eq!(leaks([]).len(), 1, "a leak that is planted is found");
}

/// The lines since the last time that show a secret: one that is made here, or one of these.
pub(crate) fn leaks<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let hunt = Hunt::after([CANARY].into_iter().chain(secrets).map(|secret| ("a secret", secret)));
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&said);
    let leaks = text.lines().filter(|line| hunt.find(line).is_some());
    let leaks = leaks.map(|line| format!("a log line shows a secret: {line}")).collect();
    // It keeps its room, so that what memory the process has tells of others.
    said.clear();
    leaks
}
