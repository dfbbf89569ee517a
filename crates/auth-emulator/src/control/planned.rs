//! What shall go wrong, and with which requests.

use serde::Deserialize;

use crate::{Plan, shared::Shared};

/// A plan of the emulator, by its name in a path.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum Which {
    /// What happens to token requests.
    Token,
    /// What happens to requests to APIs.
    Api,
    /// What is wrong inside token answers.
    Answer,
}

impl Which {
    pub(super) fn pending(self, shared: &Shared) -> usize {
        match self {
            Self::Token => shared.token_faults.pending(),
            Self::Api => shared.api_faults.pending(),
            Self::Answer => shared.token_flaws.pending(),
        }
    }

    pub(super) fn clear(self, shared: &Shared) {
        match self {
            Self::Token => shared.token_faults.clear(),
            Self::Api => shared.api_faults.clear(),
            Self::Answer => shared.token_flaws.clear(),
        }
    }
}

/// What a plan is to get: these for one request each, then that for all that come after.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Planned<S> {
    once: Option<S>,
    #[serde(default = "Vec::new")]
    plan: Vec<S>,
    always: Option<S>,
}

impl<S> Planned<S> {
    /// All of it or nothing: what is wrong in the last one must not leave the first behind.
    pub(super) fn put<F: Clone>(self, plan: &Plan<F>, read: impl Fn(S) -> Result<F, String>) -> Result<(), String> {
        let queued: Vec<F> = self.once.into_iter().chain(self.plan).map(&read).collect::<Result<_, _>>()?;
        let standing = self.always.map(&read).transpose()?;
        if queued.is_empty() && standing.is_none() {
            return Err("nothing is planned: give `once`, `plan` or `always`".to_owned());
        }
        queued.into_iter().for_each(|one| plan.once(one));
        standing.into_iter().for_each(|one| plan.always(one));
        Ok(())
    }
}
