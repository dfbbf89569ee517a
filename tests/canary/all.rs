//! The hunt after every canary.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::secrets;
use crate::hunt::Hunt;

pub(super) static HUNT: LazyLock<Hunt> = LazyLock::new(|| Hunt::after(secrets::ALL));

/// Thousands of inputs get the same few answers, so each text is looked at once.
#[track_caller]
pub(super) fn check(what: &str, text: &str) {
    static CLEAN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    if !CLEAN.lock().unwrap_or_else(PoisonError::into_inner).contains(text) {
        HUNT.check(what, text);
        CLEAN.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned());
    }
}

#[test]
fn canaries_share_no_piece() {
    for (name, secret) in secrets::ALL {
        let others = secrets::ALL.into_iter().filter(|(_, other)| !other.contains(secret) && !secret.contains(other));
        assert_eq!(Hunt::after(others).find(secret), None, "{name}");
    }
}
