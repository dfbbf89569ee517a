//! aliri_tokens: a watcher that a task keeps up to date.

use std::time::Duration;

use aliri_clock::DurationSecs;
use aliri_tokens::backoff::ErrorBackoffConfig;
use aliri_tokens::jitter::NullJitter;
use aliri_tokens::sources::AsyncTokenSource;
use aliri_tokens::{AccessToken, IdToken, TokenLifetimeConfig, TokenWatcher, TokenWithLifetime};
use async_trait::async_trait;
use http::{Request, header::AUTHORIZATION};

use crate::Error;
use crate::client::{Shared, bearer, of_value};
use crate::contender::{Contender, Shape, Side};
use crate::issuer::{Down, Issuer};

pub(crate) const CONTENDER: Contender = Contender {
    label: "aliri_tokens",
    package: Some("aliri_tokens"),
    side: Side::Peer,
    shape: Shape::Value,
    replays: false,
    ahead: Duration::from_secs(30),
    note: "gives the token as text; never looks at a clock on a hit, and hands out what has ended",
    start: |stand| {
        Box::pin(async move {
            let source = Source(stand.issuer.clone());
            let watcher =
                TokenWatcher::spawn_from_token_source(source, NullJitter, ErrorBackoffConfig::default()).await?;
            of_value(Watched(watcher), &stand.origin)
        })
    },
};

struct Source(Issuer);

#[async_trait]
impl AsyncTokenSource for Source {
    type Error = Down;

    async fn request_token(&mut self) -> Result<TokenWithLifetime, Down> {
        let grant = self.0.exchange().await?;
        let plan = self.0.plan();
        let fresh = plan.due.as_secs_f64() / plan.lifetime().as_secs_f64();
        let config = TokenLifetimeConfig::new(fresh, DurationSecs(1));
        let lifetime = DurationSecs(grant.lifetime.as_secs());
        Ok(config.create_token(AccessToken::new(grant.token), None::<IdToken>, lifetime))
    }
}

#[derive(Clone)]
struct Watched(TokenWatcher);

impl Shared for Watched {
    #[inline]
    async fn attach<B: Default + Send>(&self, request: &mut Request<B>) -> Result<(), Error> {
        let value = bearer(self.0.token().access_token().as_str())?;
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    }
}
