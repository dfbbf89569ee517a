//! A refresh token, exchanged for access tokens, and replaced by what comes with them.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::kept::Kept;
use crate::exchange::answer::repeats;
use crate::exchange::{Client, Exchange, TokenEndpoint};
use crate::{Error, ErrorKind, FetchContext, Secret, Token, TokenSource, token_value};

mod kept;

/// How long an answer is waited for. Longer than for other sources (10 s): giving up may lose the next refresh token, which is
/// on its way, and with it the session.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the hook may take to save a token before the access token is served without it.
const SAVING: Duration = Duration::from_secs(5);

/// The refresh grant (RFC 6749 section 6): a user has signed in, and the program has a refresh token from it.
///
/// An issuer may answer with a new refresh token, and the old one is spent then (RFC 9700 section 4.14.2). The new one is kept
/// before anything else happens, also if the rest of the answer is of no use, and [`on_rotate`](Self::on_rotate) saves it
/// for the next run of the program. Clones share it and take turns, so no refresh token is sent twice, even by two
/// authenticators; *processes* that share one need a place to lock, which this is not.
///
/// If the issuer says `invalid_grant`, the user has to sign in again: the error's kind is
/// [`InteractionRequired`](ErrorKind::InteractionRequired). Put the new refresh token in with [`replace`](Self::replace).
/// Needs a transport.
///
/// ```
/// use auth_core::{exchange::{Client, TokenEndpoint}, sources::RefreshToken};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// # async fn save_to_keyring(_token: auth_core::Secret) -> Result<(), auth_core::Error> { Ok(()) }
/// let endpoint = TokenEndpoint::parse("https://issuer.example.com/token")?;
/// let source = RefreshToken::new(endpoint, Client::public("my-app"), "the-saved-refresh-token")?
///     .on_rotate(|token| async move { save_to_keyring(token).await });
/// # let _: &dyn auth_core::TokenSource = &source;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RefreshToken {
    endpoint: TokenEndpoint,
    client: Client,
    extra: Vec<(Cow<'static, str>, Secret)>,
    default_lifetime: Option<Duration>,
    kept: Arc<Kept>,
}

impl RefreshToken {
    /// Redeems `token` at `endpoint` as `client`, which has to be the one that it was issued to: usually
    /// [`Client::public`] for a program on its user's machine.
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) if it can't be a token: empty, quoted, a placeholder such as IBM's
    /// `not_supported`. The value is not repeated.
    pub fn new(endpoint: TokenEndpoint, client: impl Into<Client>, token: impl Into<Secret>) -> Result<Self, Error> {
        let kept = Arc::new(Kept::new(clean(&token.into())?));
        Ok(Self { endpoint, client: client.into(), extra: Vec::new(), default_lifetime: None, kept })
    }

    /// Called with each new refresh token, before the access token that came with it is used; in order, one at a time, for all
    /// clones. Does not replace saving the first one.
    ///
    /// If it fails or takes longer than 5 s, the token stays in memory, a warning is logged, the access token is served, and
    /// the hook is called again after the next exchange. Default: none, and the program signs in again after a restart.
    #[must_use]
    pub fn on_rotate<F, Fut>(self, save: F) -> Self
    where
        F: Fn(Secret) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Error>> + Send + 'static,
    {
        self.kept.set_hook(Arc::new(move |token| Box::pin(save(token))));
        self
    }

    /// The scope to ask for, at most what the user consented to. Default: none, which is all of that.
    #[must_use]
    pub fn scope(self, scope: impl Into<Secret>) -> Self {
        self.param("scope", scope)
    }

    /// One more form field. One that is there already is an error when the token is fetched.
    #[must_use]
    pub fn param(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Secret>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// The lifetime to assume for an access token if neither the answer nor the token states one. Default: none.
    #[must_use]
    pub fn default_lifetime(mut self, lifetime: Duration) -> Self {
        self.default_lifetime = Some(lifetime);
        self
    }

    /// The refresh token as it is now, for a program that saves it when it ends.
    pub fn current(&self) -> Secret {
        self.kept.current().0
    }

    /// Puts another in, in all clones, after the user has signed in again. Authenticators over them forget the failure they
    /// were keeping.
    ///
    /// # Errors
    /// As [`new`](Self::new); the old one then stays.
    pub fn replace(&self, token: impl Into<Secret>) -> Result<(), Error> {
        self.kept.replace(clean(&token.into())?);
        Ok(())
    }

    async fn exchange(&self, cx: &FetchContext, token: Secret) -> Result<Exchange, Error> {
        let exchange = Exchange::new(self.endpoint.clone())
            .credential_name("the refresh")
            .default_lifetime(self.default_lifetime)
            .public_param("grant_type", "refresh_token")
            .param("refresh_token", token)
            .params(&self.extra);
        self.client.authenticate(exchange, cx).await
    }

    /// Calls the hook, if there is one and something to save.
    async fn save(&self, cx: &FetchContext) {
        let Some((hook, token, number)) = self.kept.unsaved() else { return };
        more_time(cx, SAVING);
        let reason = match cx.timeout(SAVING, hook(token.clone())).await {
            Some(Ok(())) => return self.kept.saved(number),
            Some(Err(error)) => error.to_string(),
            None => "it took more than 5 s".to_owned(),
        };
        // The hook is the program's, and may say more than it should.
        let reason = if repeats(&reason, token.expose()) { "its error quotes the token" } else { &reason };
        tracing::warn!(
            target: "auth_core", reason,
            "the new refresh token could not be saved: it is kept in memory, and the hook called again after the next exchange"
        );
    }
}

#[async_trait]
impl TokenSource for RefreshToken {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        cx.allow(PATIENCE);
        self.kept.listen(cx);
        // Held while the transport and the hook work: it is a place in a queue, and bound to this call, which has a deadline.
        let _turn = self.kept.turn().await;
        let (token, number) = self.kept.current();
        let exchange = self.exchange(cx, token).await?;
        more_time(cx, PATIENCE);
        cx.single_use();
        let (answer, next) = exchange.send_rotating(cx).await;
        let spent = next.is_none();
        if let Some(next) = next {
            self.kept.rotate(number, next);
        }
        match answer {
            Err(error) if error.code() == Some("invalid_grant") => Err(error.reworded(
                ErrorKind::InteractionRequired,
                "the refresh token has expired, was revoked or is used up: sign in again; or it is another client's: check the client id",
            )),
            Err(error) => {
                self.save(cx).await;
                let succeeded = error.status().is_some_and(|status| (200..300).contains(&status));
                // The issuer thinks that all went well; to it, the same token again would be a thief's.
                Err(if succeeded && spent { error.do_not_repeat() } else { error })
            }
            Ok(answer) => {
                self.save(cx).await;
                Ok(answer.token)
            }
        }
    }
}

/// So much time from now on, and a second to finish.
fn more_time(cx: &FetchContext, time: Duration) {
    let passed = cx.now().monotonic().saturating_sub(cx.started().monotonic());
    cx.allow(passed + time + Duration::from_secs(1));
}

fn clean(token: &Secret) -> Result<Secret, Error> {
    let not_usable =
        |reason: &dyn fmt::Display| Error::misconfigured(format!("the refresh token is not usable: {reason}"));
    match token_value::clean(token.expose().as_bytes()) {
        Ok("not_supported") => Err(not_usable(&"the issuer gives out none")),
        Ok(token) => Ok(Secret::from(token)),
        Err(reason) => Err(not_usable(&reason)),
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken")
            .field("endpoint", &self.endpoint)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
