//! Every log line of the run, at TRACE, and every panic's message; and what else of a scenario no secret may be in.
//!
//! A scenario has a thread of its own, so its lines are kept there and compared with its own secrets, once, when it is over. What
//! other threads say is compared with all of them, at the end.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use tracing_subscriber::fmt::format::FmtSpan;

use crate::hunt::Hunt;

static ELSEWHERE: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static SECRETS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

thread_local! {
    static HERE: RefCell<Option<Heard>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Heard {
    lines: Vec<u8>,
    /// With what is said of it if it shows a secret; the same words once.
    texts: BTreeSet<(&'static str, Vec<u8>)>,
    secrets: BTreeSet<String>,
}

struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_kept =
            HERE.with_borrow_mut(|here| here.as_mut().map(|heard| heard.lines.extend_from_slice(bytes)).is_some());
        if !is_kept {
            ELSEWHERE.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a panic says that a scenario means to happen; or tokio's, where a scenario takes its runtime away.
pub(crate) const ON_PURPOSE: &str = "on purpose";
/// What a panic of the control run says.
pub(crate) const PLANTED: &str = "planted panic";
const NO_RUNTIME: &str = "there is no reactor running";

/// Listens from now on, in the whole process.
pub(crate) fn begin() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let words = panic.to_string();
        if !words.contains(ON_PURPOSE) && !words.contains(NO_RUNTIME) {
            // A runtime swallows what panics in a task of its own.
            PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(words.replace('\n', " "));
            if !words.contains(PLANTED) {
                print(panic);
            }
        }
        let _always_kept = writeln!(Ear, "{words}");
    }));
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(|| Ear)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
}

/// Keeps what this thread says apart, until [`end_here`].
pub(crate) fn begin_here() {
    HERE.set(Some(Heard::default()));
}

/// What of this thread shows a secret, and how many lines there were.
pub(crate) fn end_here() -> (Vec<String>, usize) {
    let Heard { lines, texts, secrets } = HERE.take().unwrap_or_default();
    let hunt = after(&secrets);
    let (mut leaks, count) = shown(&lines, &hunt);
    let shows = |(_, text): &&(_, Vec<u8>)| hunt.find(text).is_some();
    let leaking = texts.iter().filter(shows);
    leaks.extend(leaking.map(|(what, text)| format!("{what} a secret: {}", String::from_utf8_lossy(text))));
    (leaks, count)
}

/// What none of this thread's secrets may be in, and what is said of it if one is: `an error shows`.
pub(crate) fn must_not_show(what: &'static str, text: impl Into<Vec<u8>>) {
    HERE.with_borrow_mut(|here| {
        let here = here.as_mut().expect("a scenario has a thread of its own, on which it begins and ends");
        here.texts.insert((what, text.into()));
    });
}

/// A secret that no line may show, whenever it is written.
pub(crate) fn must_not_hear(secret: String) {
    HERE.with_borrow_mut(|here| here.as_mut().map(|heard| heard.secrets.insert(secret.clone())));
    SECRETS.lock().unwrap_or_else(PoisonError::into_inner).insert(secret);
}

/// The panics since the last time that nobody meant to happen, on whatever thread.
pub(crate) fn panics() -> Vec<String> {
    std::mem::take(&mut *PANICS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The lines of all other threads that show a secret, and how many lines there were.
pub(crate) fn leaks() -> (Vec<String>, usize) {
    let elsewhere = ELSEWHERE.lock().unwrap_or_else(PoisonError::into_inner);
    shown(&elsewhere, &after(&SECRETS.lock().unwrap_or_else(PoisonError::into_inner)))
}

fn after(secrets: &BTreeSet<String>) -> Hunt {
    Hunt::after(secrets.iter().map(|secret| ("a secret", secret.as_str())))
}

fn shown(lines: &[u8], hunt: &Hunt) -> (Vec<String>, usize) {
    let text = String::from_utf8_lossy(lines);
    let shows = |line: &&str| hunt.find(line).is_some();
    (
        text.lines().filter(shows).map(|line| format!("a log line shows a secret: {line}")).collect(),
        text.lines().count(),
    )
}
