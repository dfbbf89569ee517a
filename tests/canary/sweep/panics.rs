//! What a panic hook is told: the message, the place, and how it was reached. So it stands in crash reports.

use std::backtrace::Backtrace;
use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Runs it, and gives back what was said of each panic, but not those words that a panic of the test's own is made of.
pub(super) fn during(own: &str, run: impl FnOnce()) -> Vec<String> {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let said = format!("{info}\n{}", Backtrace::force_capture());
        HEARD.lock().unwrap_or_else(PoisonError::into_inner).push(said);
    }));
    let ended = panic::catch_unwind(panic::AssertUnwindSafe(run));
    panic::set_hook(usual);
    let heard = std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner));
    if let Err(payload) = ended {
        panic!("{heard:?} {:?}", payload.downcast_ref::<String>());
    }
    heard.into_iter().map(|said| said.replace(own, "")).collect()
}
