//! An issuer that takes its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use auth_core::{Authenticator, Error, FetchContext, Token, TokenSource, async_trait};
use auth_tower::AuthLayer;
use tower::Layer;

use crate::hit::{Api, ORIGIN};

/// How long it takes to answer: a token endpoint on another continent.
const ANSWER: Duration = Duration::from_millis(200);

/// What the issuer was asked, and what it answers.
pub(super) struct Issuer {
    asked: Arc<Asked>,
    /// The first this many answers are tokens, the others failures.
    tokens: u64,
    lifetime: Duration,
    refresh_in: Option<Duration>,
}

impl Issuer {
    pub(super) fn new(lifetime: Duration) -> Self {
        Self { asked: Arc::default(), tokens: u64::MAX, lifetime, refresh_in: None }
    }

    /// Answers once, asks to be asked again after `refresh_in`, and fails from then on.
    pub(super) fn failing_after_the_first(lifetime: Duration, refresh_in: Duration) -> Self {
        Self { asked: Arc::default(), tokens: 1, lifetime, refresh_in: Some(refresh_in) }
    }

    pub(super) fn asked(&self) -> Arc<Asked> {
        Arc::clone(&self.asked)
    }

    /// The layer around an API in this process, with the default policy and the system's clocks.
    pub(super) fn service(self) -> Result<Service, Error> {
        let auth = Authenticator::builder(self).for_origins([ORIGIN]).build()?;
        Ok(AuthLayer::new(auth).layer(Api))
    }
}

pub(super) type Service = auth_tower::Auth<Api>;

/// How often the issuer was asked.
#[derive(Default)]
pub(super) struct Asked {
    calls: AtomicU64,
}

impl Asked {
    /// Every request to the issuer.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl TokenSource for Issuer {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        let asked = self.asked.calls.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(ANSWER).await;
        if asked >= self.tokens {
            return Err(Error::transient("the issuer is down"));
        }
        let token = Token::bearer(format!("token-{asked}")).expires_in(self.lifetime);
        Ok(match self.refresh_in {
            Some(after) => token.refresh_in(after),
            None => token,
        })
    }
}
