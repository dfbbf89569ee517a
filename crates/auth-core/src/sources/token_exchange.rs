//! A token of one kind or place, exchanged for one of another.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::exchange::{Client, Exchange, TokenEndpoint, TokenType};
use crate::{Error, ErrorKind, FetchContext, Secret, Token, TokenSource};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// The token exchange grant (RFC 8693): a token that another source brings, such as a workload's identity or a user's token,
/// becomes a token for the API.
///
/// The subject's source is asked each time, since nothing is remembered here, and in the same call: its time counts. A token
/// that is at hand goes into a [`StaticToken`](crate::sources::StaticToken), one in a file into a
/// [`FileToken`](crate::sources::FileToken). A refresh token in the answer is not used. Needs a transport.
///
/// ```
/// use auth_core::exchange::{Client, TokenEndpoint, TokenType};
/// use auth_core::sources::{FileToken, TokenExchange};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let endpoint = TokenEndpoint::parse("https://sts.example.com/token")?;
/// let workload = FileToken::new("/var/run/secrets/tokens/sa-token");
/// let source = TokenExchange::new(endpoint, Client::unnamed(), workload, TokenType::JWT).audience("my-api");
/// # let _: &dyn auth_core::TokenSource = &source;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TokenExchange {
    endpoint: TokenEndpoint,
    client: Client,
    subject: Party,
    actor: Option<Party>,
    requested: Option<TokenType>,
    not_applicable: bool,
    extra: Vec<(Cow<'static, str>, Secret)>,
    default_lifetime: Option<Duration>,
}

/// On whose behalf, or by whom.
#[derive(Clone)]
struct Party {
    source: Arc<dyn TokenSource>,
    token_type: TokenType,
}

impl TokenExchange {
    /// Exchanges what `subject` brings, a token of `subject_type`, at `endpoint` as `client`.
    pub fn new(
        endpoint: TokenEndpoint,
        client: impl Into<Client>,
        subject: impl TokenSource,
        subject_type: TokenType,
    ) -> Self {
        Self {
            endpoint,
            client: client.into(),
            subject: Party { source: Arc::new(subject), token_type: subject_type },
            actor: None,
            requested: None,
            not_applicable: false,
            extra: Vec::new(),
            default_lifetime: None,
        }
    }

    /// Who acts for the subject (delegation, RFC 8693 section 1.1). Default: nobody, which is impersonation.
    #[must_use]
    pub fn actor(mut self, actor: impl TokenSource, actor_type: TokenType) -> Self {
        self.actor = Some(Party { source: Arc::new(actor), token_type: actor_type });
        self
    }

    /// The kind of token to ask for; an answer that states another is an error. Default: the issuer's choice.
    #[must_use]
    pub fn requested_token_type(mut self, token_type: TokenType) -> Self {
        self.requested = Some(token_type);
        self
    }

    /// Attaches what comes as a bearer token even if the issuer says that it is no access token (`token_type` `N_A`, section
    /// 2.2.1), for APIs that take ID tokens and other JWTs. Default: no, it is an error.
    #[must_use]
    pub fn accept_not_applicable(mut self) -> Self {
        self.not_applicable = true;
        self
    }

    /// The service that the token is for, by a name that the issuer knows. May be repeated.
    #[must_use]
    pub fn audience(self, audience: impl Into<Secret>) -> Self {
        self.param("audience", audience)
    }

    /// The service that the token is for, by its URI. May be repeated.
    #[must_use]
    pub fn resource(self, resource: impl Into<Secret>) -> Self {
        self.param("resource", resource)
    }

    /// The scope to ask for, names separated by spaces. Default: none, which is the issuer's default.
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

    /// The lifetime to assume if neither the answer nor the token states one. Default: none.
    #[must_use]
    pub fn default_lifetime(mut self, lifetime: Duration) -> Self {
        self.default_lifetime = Some(lifetime);
        self
    }

    async fn exchange(&self, cx: &FetchContext) -> Result<Exchange, Error> {
        let subject = self.subject.token(cx).await?;
        let mut exchange = Exchange::new(self.endpoint.clone())
            .credential_name("the token exchange")
            .default_lifetime(self.default_lifetime)
            .not_applicable(self.not_applicable)
            .public_param("grant_type", GRANT_TYPE)
            .param("subject_token", subject)
            .public_param("subject_token_type", self.subject.token_type.as_str());
        if let Some(actor) = &self.actor {
            exchange = exchange
                .param("actor_token", actor.token(cx).await?)
                .public_param("actor_token_type", actor.token_type.as_str());
        }
        if let Some(requested) = &self.requested {
            exchange = exchange.public_param("requested_token_type", requested.as_str());
        }
        self.client.authenticate(exchange.params(&self.extra), cx).await
    }
}

impl Party {
    async fn token(&self, cx: &FetchContext) -> Result<Secret, Error> {
        let token = self.source.fetch(cx).await?;
        token.secret().cloned().ok_or_else(|| {
            Error::misconfigured(
                "there is no token to exchange: its source says that none is needed, give another source",
            )
        })
    }
}

#[async_trait]
impl TokenSource for TokenExchange {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let answer = self.exchange(cx).await?.send(cx).await?;
        match (&self.requested, &answer.issued_token_type) {
            (Some(requested), Some(issued)) if requested != issued => {
                let message = "the issuer brought another type of token than the requested one: ask for what it has";
                let error = Error::new(ErrorKind::Malformed, message).with_host(self.endpoint.host_and_port());
                Err(error.do_not_repeat())
            }
            _ => Ok(answer.token),
        }
    }
}

impl fmt::Debug for TokenExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenExchange")
            .field("endpoint", &self.endpoint)
            .field("client", &self.client)
            .field("subject_type", &self.subject.token_type)
            .field("actor_type", &self.actor.as_ref().map(|actor| &actor.token_type))
            .field("requested", &self.requested)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
