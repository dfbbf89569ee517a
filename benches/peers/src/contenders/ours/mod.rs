//! This repository's: one engine, in three shapes.

pub(crate) mod core;
pub(crate) mod reqwest;
pub(crate) mod tower;

use std::time::Duration;

use auth_core::{Authenticator, FetchContext, Token, TokenSource, async_trait};

use crate::Error;
use crate::issuer::Issuer;
use crate::stand::Stand;

/// A minute is the shortest life that the default policy is made for. When a refresh is due, the issuer says.
const AHEAD: Duration = Duration::from_secs(60);

#[async_trait]
impl TokenSource for Issuer {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, auth_core::Error> {
        let grant = self.exchange().await.map_err(|down| auth_core::Error::transient(down.to_string()))?;
        Ok(Token::bearer(grant.token).expires_in(grant.lifetime).refresh_in(self.plan().due))
    }
}

/// With the default policy, the system's clocks, and the origins that are always asked for.
fn authenticator(stand: &Stand) -> Result<Authenticator, Error> {
    Ok(Authenticator::builder(stand.issuer.clone()).for_origins([stand.origin.as_str()]).build()?)
}
