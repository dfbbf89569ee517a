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
                let error = Error::new(ErrorKind::Malformed, message).with_host(self.endpoint.host());
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
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::exchange::ClientAuth;
    use crate::source_fn;
    use crate::sources::StaticToken;
    use crate::sources::bench::Bench;

    fn source() -> TokenExchange {
        let subject = StaticToken::new("subject-token").unwrap();
        TokenExchange::new(Bench::endpoint(), Client::unnamed(), subject, TokenType::JWT)
    }

    /// To each of the three tries that there may be.
    fn answers(bench: &Bench, token_type: &str, issued: &str) {
        let kind = format!(r#""token_type":"{token_type}","issued_token_type":{issued}"#);
        for _ in 0..3 {
            bench.answers(200, &format!(r#"{{"access_token":"t",{kind},"expires_in":60}}"#));
        }
    }

    const ACCESS_TOKEN: &str = r#""urn:ietf:params:oauth:token-type:access_token""#;

    #[test]
    fn the_smallest_request_names_the_subject_alone() {
        let bench = Bench::new(source());
        answers(&bench, "Bearer", ACCESS_TOKEN);
        assert_eq!(bench.token().unwrap(), "t");
        let expect = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", "subject-token"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
        ];
        assert_eq!(bench.last().form(), expect);
        assert_eq!(bench.last().basic(), None);
    }

    #[test]
    fn every_part_of_the_request_can_be_set() {
        let subject = StaticToken::new("subject-token").unwrap();
        let actor = StaticToken::new("actor-token").unwrap();
        let client = ClientAuth::basic("id", "s");
        let source = TokenExchange::new(Bench::endpoint(), client, subject, TokenType::ID_TOKEN)
            .actor(actor, TokenType::new("urn:example:badge"))
            .requested_token_type(TokenType::ACCESS_TOKEN)
            .audience("a")
            .audience("b")
            .resource("https://r/")
            .scope("x y")
            .param("options", "{}");
        let bench = Bench::new(source);
        answers(&bench, "Bearer", ACCESS_TOKEN);
        assert_eq!(bench.token().unwrap(), "t");
        let expect = [
            ("grant_type", GRANT_TYPE),
            ("subject_token", "subject-token"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
            ("actor_token", "actor-token"),
            ("actor_token_type", "urn:example:badge"),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("audience", "a"),
            ("audience", "b"),
            ("resource", "https://r/"),
            ("scope", "x y"),
            ("options", "{}"),
        ];
        assert_eq!(bench.last().form(), expect);
        assert_eq!(bench.last().basic().as_deref(), Some("id:s"));
    }

    #[test]
    fn another_type_than_the_requested_one_is_an_error() {
        for (issued, fine) in [
            (ACCESS_TOKEN, true),
            ("null", true),
            (r#""urn:ietf:params:oauth:token-type:jwt""#, false),
            (r#""""#, false),
            ("7", true),
        ] {
            let bench = Bench::new(source().requested_token_type(TokenType::ACCESS_TOKEN));
            answers(&bench, "Bearer", issued);
            match bench.token() {
                Ok(token) => assert!(fine && token == "t", "{issued}"),
                Err(error) => assert!(!fine && error.kind() == ErrorKind::Malformed, "{issued}: {error}"),
            }
        }
    }

    #[test]
    fn what_is_no_access_token_is_an_error_unless_asked_for() {
        let bench = Bench::new(source());
        answers(&bench, "N_A", "null");
        let error = bench.token().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.to_string().contains("token type"), "{error}");

        for (token_type, fine) in [("N_A", true), ("n_a", true), ("bearer", true), ("DPoP", false)] {
            let bench = Bench::new(source().accept_not_applicable());
            answers(&bench, token_type, "null");
            let credential = bench.token();
            assert_eq!(credential.is_ok(), fine, "{token_type}");
            if fine {
                let mut headers = http::HeaderMap::new();
                let uri = http::Uri::from_static("https://api.example.com/");
                bench.auth.attach(&uri, &mut headers).unwrap();
                assert_eq!(headers["authorization"], "Bearer t", "{token_type}");
            }
        }
    }

    #[test]
    fn the_subject_is_asked_anew_each_time() {
        let count = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&count);
        let subject = source_fn(move |_| {
            let number = counter.fetch_add(1, Ordering::SeqCst);
            async move { Ok(Token::bearer(format!("s{number}")).expires_in(Duration::from_secs(3600))) }
        });
        let bench = Bench::new(TokenExchange::new(Bench::endpoint(), Client::unnamed(), subject, TokenType::JWT));
        bench.grants("a");
        assert_eq!(bench.token().unwrap(), "a");
        bench.advance(3600);
        bench.grants("b");
        assert_eq!(bench.token().unwrap(), "b");
        let sent: Vec<String> = bench.all().iter().map(|request| request.field("subject_token").to_owned()).collect();
        assert_eq!(sent, ["s0", "s1"]);
    }

    #[test]
    fn without_a_subject_nothing_is_sent() {
        let unavailable = source_fn(|_| async { Err(Error::unavailable("set SUBJECT_TOKEN")) });
        let none = source_fn(|_| async { Ok(Token::none_needed()) });
        let made = |subject: Box<dyn TokenSource>| {
            let bench = Bench::new(TokenExchange::new(Bench::endpoint(), Client::unnamed(), subject, TokenType::JWT));
            let error = bench.token().unwrap_err();
            assert_eq!(bench.requests(), 0);
            error
        };
        // Not an error of its own: a chain goes on.
        assert_eq!(made(Box::new(unavailable)).kind(), ErrorKind::Unavailable);
        assert_eq!(made(Box::new(none)).kind(), ErrorKind::Misconfigured);
    }

    #[test]
    fn a_refusal_repeats_no_token() {
        let bench = Bench::new(source());
        bench.answers(400, r#"{"error":"invalid_request","error_description":"subject-token has expired"}"#);
        let error = bench.token().unwrap_err();
        assert_eq!(
            (error.kind(), error.code(), error.description()),
            (ErrorKind::Rejected, Some("invalid_request"), None)
        );
        assert!(error.to_string().contains("the issuer refused the token exchange"), "{error}");
        let shown = format!("{:?}", source().actor(StaticToken::new("actor-token").unwrap(), TokenType::JWT));
        assert!(!shown.contains("subject-token") && !shown.contains("actor-token\""), "{shown}");
    }
}
