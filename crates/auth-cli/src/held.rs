//! A token at hand.

use std::time::{Duration, SystemTime};

use auth_core::{Access, Secret};

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::selection;

/// A valid token, whose it is, and when it ends.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) access: Access,
    pub(crate) token: Secret,
    pub(crate) end: Option<SystemTime>,
}

impl Held {
    /// Of the access that is selected, with this much life left, if one fetch can bring that.
    pub(crate) async fn select(context: &Context, min_ttl: Duration) -> Result<Self, Failure> {
        Self::of(selection::select(context)?, context, min_ttl).await
    }

    /// Of this access.
    pub(crate) async fn of(access: Access, context: &Context, min_ttl: Duration) -> Result<Self, Failure> {
        let auth = context.authenticator(&access)?;
        let credential = context.token(&auth, min_ttl).await?;
        let Some(token) = credential.secret().cloned() else {
            return Err(Failure::new(Exit::NoCredentials, "no credential is needed here, so there is no token"));
        };
        let end = credential.expires_at();
        Ok(Self { access, token, end })
    }
}
