//! What is handed out: a token with a known end that is near, and nothing else.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use auth_core::{Access, Authenticator, Credential, Error};
use http::{Request, header::AUTHORIZATION, request};
use tokio::sync::Semaphore;
use tower_service::Service;

use super::answer::{self, Answer};
use super::refusal::Refusal;
use super::session::Session;

/// The hour that Skyflow's and IBM's tokens live, and a minute for clocks that differ.
const MAX_LIFETIME: Duration = Duration::from_secs(61 * 60);

/// Enough to fill in a form.
const MIN_TTL: Duration = Duration::from_secs(60);

/// A session's check and a token's fetch are waited for by so many at once; more are a flood.
const MAX_WAITING: usize = 64;

/// Who is in front of it has passed the door.
#[derive(Clone, Debug)]
pub(super) struct Vending {
    authenticator: Authenticator,
    session: Session,
    pub(super) min_ttl: Duration,
    pub(super) max_lifetime: Duration,
    places: Arc<Semaphore>,
}

impl Vending {
    pub(super) fn new(access: &Access, authenticator: Authenticator, session: Session) -> Result<Self, Error> {
        if access.is_none_needed() {
            return Err(Error::misconfigured("no credential is needed here, so there is no token to hand out"));
        }
        if access.token_handle().is_some() {
            let message = "the credential is given, not fetched: a page must not have it, since it lives until somebody \
                           replaces it; configure a key or a service account that tokens are fetched with";
            return Err(Error::misconfigured(message));
        }
        let places = Arc::new(Semaphore::new(MAX_WAITING));
        Ok(Self { authenticator, session, min_ttl: MIN_TTL, max_lifetime: MAX_LIFETIME, places })
    }

    pub(super) fn set_max_waiting(&mut self, most: usize) {
        self.places = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
    }

    pub(super) fn now(&self) -> std::time::SystemTime {
        self.authenticator.now().wall()
    }

    /// A token that a page may have, and how long that serves.
    pub(super) async fn token(&self) -> Result<(Credential, Duration), Refusal> {
        let credential = self.authenticator.token(self.min_ttl).await.map_err(Refusal::NoToken)?;
        if credential.secret().is_none() {
            return Err(Refusal::NoToken(Error::unavailable("the source says that no token is needed")));
        }
        let too_long = |message: &'static str| {
            Err(Refusal::NotShortLived(Error::misconfigured(format!("{}: {message}", self.authenticator.id()))))
        };
        match credential.stated_remaining(self.authenticator.now()) {
            None => {
                too_long("the token has no known end, so it may be a key that lives for years: a page must not have it")
            }
            Some(left) if left > self.max_lifetime => too_long(
                "the token lives longer than a page may have it: have it issued for a shorter time, or allow more",
            ),
            Some(left) => Ok((credential, left)),
        }
    }

    async fn vend(&self, head: &request::Parts) -> Result<Answer, Refusal> {
        let _place = self.places.try_acquire().map_err(|_| Refusal::Busy)?;
        self.session.check(head, &self.authenticator).await?;
        let (credential, left) = self.token().await?;
        let secret = credential.secret().map_or("", |secret| secret.expose());
        Ok(answer::token(secret, &token_type(&credential), left, self.now() + left))
    }
}

/// The scheme that it goes by; Skyflow's gateway takes the same token raw, and calls it so too.
fn token_type(credential: &Credential) -> String {
    let value =
        credential.headers().find(|(name, _)| **name == AUTHORIZATION).and_then(|(_, value)| value.to_str().ok());
    value.and_then(|value| value.split_once(' ')).map_or("Bearer", |(scheme, _)| scheme).to_owned()
}

impl Service<Request<()>> for Vending {
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let this = self.clone();
        let head = request.into_parts().0;
        Box::pin(async move {
            let answer = this.vend(&head).await;
            Ok(answer.unwrap_or_else(|refusal| answer::refusal(refusal, this.now())))
        })
    }
}
