//! From whose credential it is to an authenticator: the one way that every command makes one.

use std::time::Duration;

use auth_core::store::TokenStore;
use auth_core::{Access, Authenticator, Builder, Policy};

use crate::context::Context;
use crate::failure::Failure;
use crate::{network, terminal};

impl Context {
    /// An authenticator of this access.
    pub(crate) fn authenticator(&self, access: &Access) -> Result<Authenticator, Failure> {
        Ok(self.builder(access)?.build()?)
    }

    /// An authenticator whose first token is a new one, whatever is kept.
    pub(crate) fn authenticator_of_new(&self, access: &Access) -> Result<Authenticator, Failure> {
        let access = self.kept(access, TokenStore::write_only)?;
        Ok(self.over(&access)?.build()?)
    }

    /// An authenticator whose tokens are never those that are kept, for a program that runs for long: it keeps its own, and what it
    /// hands to strangers is no other command's.
    pub(crate) fn authenticator_without_store(&self, access: &Access) -> Result<Authenticator, Failure> {
        Ok(self.over(access)?.build()?)
    }

    /// The same, to be changed: a listener, other origins.
    pub(crate) fn builder(&self, access: &Access) -> Result<Builder, Failure> {
        self.over(&self.kept(access, |store| store)?)
    }

    fn over(&self, access: &Access) -> Result<Builder, Failure> {
        Ok(access.builder().transport(network::transport()?).policy(policy(self.timeout())))
    }

    /// The access, with its tokens kept between commands.
    fn kept(&self, access: &Access, how: impl FnOnce(TokenStore) -> TokenStore) -> Result<Access, Failure> {
        if self.global.no_cache {
            return Ok(access.clone());
        }
        Ok(match self.store()? {
            Some(store) => how(store).wrap(access.clone()),
            None => access.clone(),
        })
    }

    /// Where tokens are kept between commands; `None` without a home folder.
    pub(crate) fn store(&self) -> Result<Option<TokenStore>, Failure> {
        Ok(TokenStore::of_user(&self.env)?.map(|store| store.on_trouble(|trouble| terminal::warn(trouble))))
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
