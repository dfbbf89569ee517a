//! What the engine tells: to `tracing` always, to a listener if there is one.

use std::time::Duration;

use crate::{Error, ErrorKind, Reason};

/// Something happened to a credential. Never holds token material; a token is named by its fingerprint, the first 8 hex
/// digits of its SHA-256.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A new token is in use.
    #[non_exhaustive]
    Acquired {
        /// Its generation: 1 for the first, one more for each that replaced it.
        generation: u64,
        /// Which token, or `None` if none is needed.
        fingerprint: Option<String>,
        /// Its remaining life, or `None` if unknown.
        remaining: Option<Duration>,
    },
    /// An acquisition begins.
    #[non_exhaustive]
    RefreshStarted {
        /// Why.
        reason: Reason,
    },
    /// An acquisition brought no token.
    #[non_exhaustive]
    RefreshFailed {
        /// Why not.
        error: Error,
        /// Remaining life of the token that goes on serving; `None` if there is none that may be used.
        remaining: Option<Duration>,
        /// Whether a token goes on serving.
        serving: bool,
    },
    /// The current token was answered 401, for the first time since anything else.
    #[non_exhaustive]
    Rejected {
        /// The generation of the token.
        generation: u64,
    },
    /// A refresh failed in the last moments of the token that still serves.
    #[non_exhaustive]
    ServedStale {
        /// Its remaining life.
        remaining: Option<Duration>,
    },
    /// A fetch forced by a 401 brought the same token again.
    #[non_exhaustive]
    NoProgress {
        /// The token's generation.
        generation: u64,
    },
}

/// Hears of events. Called without any lock held, on the task where it happens: keep it short.
pub(crate) type Listener = Box<dyn Fn(&Event) + Send + Sync>;

impl Event {
    /// Writes it to the log, under the target `auth_core`.
    pub(crate) fn log(&self, id: &str) {
        const TARGET: &str = "auth_core";
        match self {
            Self::Acquired { generation, fingerprint, remaining } => {
                let fingerprint = fingerprint.as_deref().unwrap_or("none needed");
                tracing::info!(target: TARGET, id, generation, fingerprint, ?remaining, "token acquired");
            }
            Self::RefreshStarted { reason } => tracing::debug!(target: TARGET, id, %reason, "fetching a token"),
            Self::RefreshFailed { error, remaining, serving } => {
                let kind: ErrorKind = error.kind();
                if *serving {
                    tracing::warn!(target: TARGET, id, %kind, %error, ?remaining, "refresh failed, the token still serves");
                } else {
                    tracing::error!(target: TARGET, id, %kind, %error, "no token");
                }
            }
            Self::Rejected { generation } => tracing::warn!(target: TARGET, id, generation, "token was answered 401"),
            Self::ServedStale { remaining } => {
                tracing::warn!(target: TARGET, id, ?remaining, "serving a token in its last moments");
            }
            Self::NoProgress { generation } => {
                tracing::warn!(target: TARGET, id, generation, "the source brought the rejected token again");
            }
        }
    }
}
