//! How a source says that what it reads has changed.

use std::fmt;
use std::sync::Weak;

use super::Cache;

/// A handle by which a source says that what it reads has changed: a replaced token, a rotated key.
///
/// The present token is forgotten, together with failures that were being kept; the next caller fetches. It does not keep
/// the authenticator alive.
#[derive(Clone)]
pub struct Changed(pub(crate) Weak<Cache>);

impl Changed {
    /// Says so. Once this returns, the old token is attached to no further request.
    pub fn notify(&self) {
        if let Some(cache) = self.0.upgrade() {
            cache.changed();
        }
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }

    /// Whether there still is somebody to tell.
    pub(crate) fn is_heard(&self) -> bool {
        self.0.strong_count() > 0
    }
}

impl fmt::Debug for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Changed")
    }
}
