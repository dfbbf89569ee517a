//! From whose credential it is to an authenticator: the one way that every command makes one.

use std::time::Duration;

use auth_core::{Access, Authenticator, Builder, Policy};

use crate::context::Context;
use crate::failure::Failure;
use crate::network;

impl Context {
    /// An authenticator of this access.
    pub(crate) fn authenticator(&self, access: &Access) -> Result<Authenticator, Failure> {
        Ok(self.builder(access)?.build()?)
    }

    /// The same, to be changed: a listener, other origins.
    pub(crate) fn builder(&self, access: &Access) -> Result<Builder, Failure> {
        Ok(access.builder().transport(network::transport()?).policy(policy(self.timeout())))
    }
}

/// Nothing takes longer than `--timeout`, so that its own error is told, and not that somebody waited for it.
fn policy(limit: Duration) -> Policy {
    let mut policy = Policy::default();
    policy.attempt_timeout = policy.attempt_timeout.min(limit);
    policy.flight_timeout = policy.flight_timeout.min(limit);
    policy.rejection_wait = policy.rejection_wait.min(limit);
    policy.acquire_timeout = Some(limit);
    policy
}
