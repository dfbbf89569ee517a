//! Every log line of the run, at TRACE.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, PoisonError};

use tracing_subscriber::fmt::format::FmtSpan;

use crate::hunt::Hunt;

static HEARD: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static SECRETS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HEARD.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Listens from now on, in the whole process.
pub(crate) fn begin() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(|| Ear)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
}

/// A secret that no line may show, whenever it is written.
pub(crate) fn must_not_hear(secret: String) {
    SECRETS.lock().unwrap_or_else(PoisonError::into_inner).insert(secret);
}

/// The lines that show a secret, and how many lines there were.
pub(crate) fn leaks() -> (Vec<String>, usize) {
    let heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    let secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&heard);
    let hunt = Hunt::after(secrets.iter().map(|secret| ("a secret", secret.as_str())));
    let shows = |line: &&str| hunt.find(line).is_some();
    (
        text.lines().filter(shows).map(|line| format!("a log line shows a secret: {line}")).collect(),
        text.lines().count(),
    )
}
