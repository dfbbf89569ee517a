//! The door, CORS, and what is behind them, as one service.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use auth_core::{Access, Authenticator, Error};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use tower_http::cors::{AllowOrigin, AllowPrivateNetwork, Cors, CorsLayer};
use tower_layer::Layer;
use tower_service::Service;

use super::answer::{self, Answer};
use super::door::Door;
use super::refusal::Refusal;
use super::session::Session;
use super::vending::Vending;

/// How long a browser remembers that it may ask.
const PREFLIGHT_AGE: Duration = Duration::from_secs(600);

/// The backend half of Skyflow's `getBearerToken`, and of whatever else keeps a key away from a browser: a service that hands
/// a short-lived token to the pages of declared origins whose user has a [`Session`], and to nobody else.
///
/// It answers every path; mount it where the page asks. `GET` and `POST` bring `{"accessToken", "tokenType", "expiresIn",
/// "expiresAt"}`, refusals `{"error", "error_description"}`; none of them may be cached.
///
/// What is refused, in this order: a `Host` that is neither loopback nor [allowed](Self::allow_host); any `Origin` that is not
/// declared, `null` included, which gets 403 and no token, instead of a token that the browser hides; a browser's request without
/// CORS; other methods; a missing session; a token without a known end, or with more life than [`max_lifetime`](Self::max_lifetime).
///
/// Not for tokens that may do more than the page's user may: whoever has the page has the token. Give it roles of its own.
///
/// ```
/// use auth_tower::core::{Access, Endpoint, Error, Token, source_fn};
/// use auth_tower::{Broker, Session};
/// use bytes::Bytes;
/// use http::{Request, StatusCode};
/// use http_body_util::Empty;
/// use std::time::Duration;
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let source = source_fn(|_| async { Ok::<_, Error>(Token::bearer("short").expires_in(Duration::from_secs(600))) });
/// let access = Access::new("vault", source, Endpoint::parse("https://vault.example")?);
/// let session = Session::bearer("a secret".repeat(2).replace(' ', "-"))?;
/// let broker = Broker::new(&access, access.builder().build()?, session, ["https://app.example"])?
///     .allow_host("tokens.app.example")?;
///
/// let ask = |origin: &str| {
///     let request = Request::get("/token").header("host", "tokens.app.example").header("origin", origin);
///     request.header("authorization", "Bearer a-secreta-secret").body(Empty::<Bytes>::new())
/// };
/// assert_eq!(broker.clone().oneshot(ask("https://app.example")?).await?.status(), StatusCode::OK);
/// assert_eq!(broker.oneshot(ask("https://evil.example")?).await?.status(), StatusCode::FORBIDDEN);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Broker {
    door: Arc<Door>,
    cors: Cors<Vending>,
}

impl Broker {
    /// Hands out the tokens of `authenticator` to pages of these origins: `https://app.example`, without a path. Plain http is
    /// for loopback only.
    ///
    /// # Errors
    /// [`Misconfigured`](auth_core::ErrorKind::Misconfigured) if the credential of `access` is a token or a key that was given,
    /// if there is none, or if an origin is not usable or missing.
    pub fn new<O: AsRef<str>>(
        access: &Access,
        authenticator: Authenticator,
        session: Session,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, Error> {
        let door = Door::new(origins)?;
        let cors = CorsLayer::new()
            .allow_origin(AllowOrigin::list(door.origins().iter().cloned()))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([AUTHORIZATION, CONTENT_TYPE])
            .allow_credentials(session.wants_cookies())
            // A public page may ask a broker of a private network: the preflight is answered to its origin only.
            .allow_private_network(AllowPrivateNetwork::yes())
            .max_age(PREFLIGHT_AGE);
        let vending = Vending::new(access, authenticator, session)?;
        Ok(Self { door: Arc::new(door), cors: cors.layer(vending) })
    }

    /// Another name by which browsers reach it, `host` or `host:port`, beside `localhost` and loopback addresses. All others are
    /// refused, so that no page of a stranger's can point its own name here.
    ///
    /// # Errors
    /// [`Misconfigured`](auth_core::ErrorKind::Misconfigured) if it is no host.
    pub fn allow_host(mut self, host: &str) -> Result<Self, Error> {
        Arc::make_mut(&mut self.door).allow_host(host)?;
        Ok(self)
    }

    /// How much longer a token serves, at least, when a page gets it, if a fetch can bring that. Default: a minute.
    #[must_use]
    pub fn min_ttl(mut self, time: Duration) -> Self {
        self.cors.get_mut().min_ttl = time;
        self
    }

    /// How much longer a token may serve at most; one that lives longer is handed to nobody. Default: 61 minutes.
    #[must_use]
    pub fn max_lifetime(mut self, time: Duration) -> Self {
        self.cors.get_mut().max_lifetime = time;
        self
    }

    /// How many requests may wait at the same time, for the session's check or for a token; more are answered 503. Default: 64.
    #[must_use]
    pub fn max_waiting(mut self, most: usize) -> Self {
        self.cors.get_mut().set_max_waiting(most);
        self
    }

    /// Fetches a token and looks whether a page may have it, ahead of the first page.
    ///
    /// # Errors
    /// Why there is none, or [`Misconfigured`](auth_core::ErrorKind::Misconfigured) if it is not short-lived.
    pub async fn warm_up(&self) -> Result<(), Error> {
        match self.cors.get_ref().token().await {
            Ok(_) => Ok(()),
            Err(refusal) => Err(refusal.into_error().unwrap_or_else(|| Error::unavailable("there is no token"))),
        }
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broker").field("door", &self.door).field("vending", self.cors.get_ref()).finish()
    }
}

/// An [`auth_core::Error`] in the extensions of an answer says what the page is not told, for the program's log.
impl<B> Service<Request<B>> for Broker {
    type Response = Answer;
    type Error = Infallible;
    // A box for each token that a page asks for is nothing.
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The body is not read: there is nothing to say in it.
        let (head, _) = request.into_parts();
        if let Err(refusal) = self.door.check(&head) {
            return Box::pin(ready(Ok(sealed(self.refused(refusal)))));
        }
        let answer = self.cors.call(Request::from_parts(head, ()));
        Box::pin(async move { answer.await.map(sealed) })
    }
}

impl Broker {
    fn refused(&self, refusal: Refusal) -> Answer {
        answer::refusal(refusal, self.cors.get_ref().now())
    }
}

fn sealed(mut answer: Answer) -> Answer {
    answer::seal(answer.headers_mut());
    answer
}
