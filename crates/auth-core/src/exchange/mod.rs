//! The token exchange of RFC 6749 section 5 over any [`Transport`](crate::Transport): a form goes out, a token
//! or an error answer comes back.

pub(crate) mod answer;
mod endpoint;
mod reply;
mod retry_after;

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};

use crate::{Error, ErrorKind, FetchContext, Secret, Token};

pub use endpoint::TokenEndpoint;

/// Answers longer than this are refused: a token answer is a few kilobytes, and memory is not the issuer's to fill.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// One kind of token request: where it goes and what it says. For sources of your own.
///
/// ```
/// use auth_core::{async_trait, Error, FetchContext, Secret, Token, TokenSource};
/// use auth_core::exchange::{Exchange, TokenEndpoint};
///
/// struct ClientCredentials { endpoint: TokenEndpoint, id: String, secret: Secret }
///
/// #[async_trait]
/// impl TokenSource for ClientCredentials {
///     async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
///         let exchange = Exchange::new(self.endpoint.clone())
///             .param("grant_type", "client_credentials")
///             .basic_auth(&self.id, &self.secret)?;
///         Ok(exchange.send(cx).await?.token)
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Exchange {
    endpoint: TokenEndpoint,
    form: Vec<(Cow<'static, str>, Secret)>,
    authorization: Option<HeaderValue>,
    client_secret: Option<Secret>,
    credential: Cow<'static, str>,
    token_type: Cow<'static, str>,
    default_lifetime: Option<Duration>,
}

/// A successful answer (RFC 6749 section 5.1).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenAnswer {
    /// The access token, with its lifetime as the answer states it.
    pub token: Token,
    /// The refresh token, if there is one. Some issuers put a word such as `not_supported` here.
    pub refresh_token: Option<Secret>,
    /// The scope that was granted, if the answer says so.
    pub scope: Option<String>,
}

impl Exchange {
    /// A request to `endpoint`, with an empty form.
    pub fn new(endpoint: TokenEndpoint) -> Self {
        Self {
            endpoint,
            form: Vec::new(),
            authorization: None,
            client_secret: None,
            credential: Cow::Borrowed("the credential"),
            token_type: Cow::Borrowed("Bearer"),
            default_lifetime: None,
        }
    }

    /// Adds a form field. Every value is treated as a secret, and never shows in an error.
    #[must_use]
    pub fn param(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Secret>) -> Self {
        self.form.push((name.into(), value.into()));
        self
    }

    /// Authenticates the client by HTTP Basic, both parts form-encoded first as RFC 6749 section 2.3.1 has it.
    ///
    /// # Errors
    /// None at present; the encoding leaves nothing that a header can't carry.
    pub fn basic_auth(self, client_id: &str, client_secret: &Secret) -> Result<Self, Error> {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(client_id), encode(client_secret.expose()));
        Ok(self.basic(&pair, client_secret))
    }

    /// The same with both parts as they are, in UTF-8 (RFC 7617), for issuers that do not follow RFC 6749 here (IBM).
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) if the client id has a colon, which would move the boundary.
    pub fn basic_auth_raw(self, client_id: &str, client_secret: &Secret) -> Result<Self, Error> {
        if client_id.contains(':') {
            return Err(Error::misconfigured("the client id must not contain a colon (RFC 7617 section 2)"));
        }
        let pair = format!("{client_id}:{}", client_secret.expose());
        Ok(self.basic(&pair, client_secret))
    }

    fn basic(mut self, pair: &str, client_secret: &Secret) -> Self {
        let value = format!("Basic {}", STANDARD.encode(pair));
        // Base64 is visible ASCII, which a header can always carry.
        self.authorization = HeaderValue::try_from(value).ok().map(|mut value| {
            value.set_sensitive(true);
            value
        });
        self.client_secret = Some(client_secret.clone());
        self
    }

    /// What the message calls that which the issuer refused, such as `the API key`. Default: `the credential`.
    #[must_use]
    pub fn credential_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.credential = name.into();
        self
    }

    /// The type of token to ask for and attach, as the scheme of the `Authorization` header. An answer of another type is
    /// an error (RFC 6749 section 7.1). Default: `Bearer`, in any spelling, also where the answer leaves it out.
    #[must_use]
    pub fn token_type(mut self, token_type: impl Into<Cow<'static, str>>) -> Self {
        self.token_type = token_type.into();
        self
    }

    /// The lifetime to assume if neither the answer nor the token states one. Default: none.
    #[must_use]
    pub fn default_lifetime(mut self, lifetime: Option<Duration>) -> Self {
        self.default_lifetime = lifetime;
        self
    }

    /// Sends the request once and reads the answer.
    ///
    /// # Errors
    /// [`Rejected`](ErrorKind::Rejected) for an error answer (RFC 6749 section 5.2, or a vendor's), also with status 200;
    /// [`Transient`](ErrorKind::Transient) for 408, 429, 5xx, `temporarily_unavailable` and for what never arrived;
    /// [`Malformed`](ErrorKind::Malformed) for an answer that is none; [`Misconfigured`](ErrorKind::Misconfigured) if
    /// there is no transport. The issuer's body never appears beyond its `error*` fields.
    pub async fn send(&self, cx: &FetchContext) -> Result<TokenAnswer, Error> {
        let transport = cx.transport()?;
        let response = transport
            .send(self.request()?, ANSWER_LIMIT)
            .await
            .map_err(|error| error.with_host(self.endpoint.host()))?;
        let sent = self.form.iter().map(|(_, value)| value).chain(&self.client_secret);
        let mut secrets: Vec<&str> = sent.map(Secret::expose).collect();
        let basic = self.authorization.as_ref().and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
        secrets.extend(basic);
        let reply = reply::Reply {
            response: &response,
            now: cx.started().wall(),
            credential: &self.credential,
            token_type: &self.token_type,
            secrets: &secrets,
        };
        let mut answer = reply.read().map_err(|error| error.with_host(self.endpoint.host()))?;
        if let Some(lifetime) = self.default_lifetime {
            answer.token = answer.token.default_lifetime(lifetime);
        }
        Ok(answer)
    }

    fn request(&self) -> Result<Request<Bytes>, Error> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.form {
            form.append_pair(name, value.expose());
        }
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.endpoint.uri().clone())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(form.finish()))
            .map_err(|_| {
                Error::new(ErrorKind::Misconfigured, "the token request can't be built from the endpoint's url")
            })?;
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        Ok(request)
    }
}
