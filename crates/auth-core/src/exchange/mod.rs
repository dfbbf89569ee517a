//! The token exchange of RFC 6749 section 5 over any [`Transport`](crate::Transport): a form goes out, a token
//! or an error answer comes back.

pub(crate) mod answer;
mod client;
mod endpoint;
pub(crate) mod reply;
pub(crate) mod retry_after;
mod token_type;

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response};

use crate::{Error, ErrorKind, FetchContext, Secret, Token};

pub use client::{Client, ClientAuth, PrivateKeyJwt};
pub use endpoint::TokenEndpoint;
pub use token_type::TokenType;

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
    form: Vec<Field>,
    json: bool,
    names: (&'static str, &'static str),
    authorization: Option<HeaderValue>,
    client_secret: Option<Secret>,
    credential: Cow<'static, str>,
    client: Option<&'static str>,
    token_type: Cow<'static, str>,
    not_applicable: bool,
    default_lifetime: Option<Duration>,
}

#[derive(Clone, Debug)]
struct Field {
    name: Cow<'static, str>,
    value: Secret,
    /// Whether an error may repeat it: `grant_type`, `client_id`.
    public: bool,
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
    /// What kind of token it is, if the answer says so (RFC 8693 section 2.2.1).
    pub issued_token_type: Option<TokenType>,
}

impl Exchange {
    /// A request to `endpoint`, with an empty form.
    pub fn new(endpoint: TokenEndpoint) -> Self {
        Self {
            endpoint,
            form: Vec::new(),
            json: false,
            names: ("access_token", "token_type"),
            authorization: None,
            client_secret: None,
            credential: Cow::Borrowed("the credential"),
            client: None,
            token_type: Cow::Borrowed("Bearer"),
            not_applicable: false,
            default_lifetime: None,
        }
    }

    /// Adds a form field. Every value is treated as a secret, and never shows in an error.
    #[must_use]
    pub fn param(self, name: impl Into<Cow<'static, str>>, value: impl Into<Secret>) -> Self {
        self.field(name.into(), value.into(), false)
    }

    /// Adds a form field that is no secret: an issuer's description that mentions it is shown.
    #[must_use]
    pub(crate) fn public_param(self, name: &'static str, value: impl Into<Secret>) -> Self {
        self.field(name.into(), value.into(), true)
    }

    /// Adds the fields that somebody else wants.
    #[must_use]
    pub(crate) fn params(self, fields: &[(Cow<'static, str>, Secret)]) -> Self {
        fields.iter().fold(self, |exchange, (name, value)| exchange.param(name.clone(), value.clone()))
    }

    fn field(mut self, name: Cow<'static, str>, value: Secret, public: bool) -> Self {
        self.form.push(Field { name, value, public });
        self
    }

    /// Sends the fields as an object of JSON strings instead of a form, for issuers that want it so (Skyflow). Default: a
    /// form, as RFC 6749 appendix B has it.
    #[must_use]
    pub fn json_body(mut self) -> Self {
        self.json = true;
        self
    }

    /// The names under which the answer gives the token and its type. Default: `access_token` and `token_type`.
    #[must_use]
    pub fn answer_names(mut self, access_token: &'static str, token_type: &'static str) -> Self {
        self.names = (access_token, token_type);
        self
    }

    /// Authenticates the client by HTTP Basic, both parts form-encoded first as RFC 6749 section 2.3.1 has it. A space is `%20`,
    /// which everybody who decodes reads as one; some take `+` as it stands (Authlib 1.9).
    ///
    /// # Errors
    /// None at present; the encoding leaves nothing that a header can't carry.
    pub fn basic_auth(self, client_id: &str, client_secret: &Secret) -> Result<Self, Error> {
        // A `+` of the text itself is `%2B` by then.
        let encode =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
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

    /// What the message calls that which the issuer refused if it says `invalid_client`.
    #[must_use]
    pub(crate) fn client_name(mut self, name: &'static str) -> Self {
        self.client = Some(name);
        self
    }

    /// Takes a token of type `N_A` (RFC 8693 section 2.2.1) as well, and attaches it like any other.
    #[must_use]
    pub(crate) fn not_applicable(mut self, accepted: bool) -> Self {
        self.not_applicable = accepted;
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
    /// there is no transport, or the request says something twice (RFC 6749 sections 2.3 and 3.2). The issuer's body never
    /// appears beyond its `error*` fields; its `x-request-id` is kept.
    pub async fn send(&self, cx: &FetchContext) -> Result<TokenAnswer, Error> {
        self.send_rotating(cx).await.0
    }

    /// The same, and the refresh token of a successful answer, also of one whose token is of no use: the one that was sent is
    /// spent.
    pub(crate) async fn send_rotating(&self, cx: &FetchContext) -> (Result<TokenAnswer, Error>, Option<Secret>) {
        match self.ask(cx).await {
            Ok(response) => {
                let kept =
                    response.status().is_success().then(|| answer::parse_refresh_token(response.body())).flatten();
                (self.read(&response, cx), kept.map(Secret::new))
            }
            Err(error) => (Err(error), None),
        }
    }

    async fn ask(&self, cx: &FetchContext) -> Result<Response<Bytes>, Error> {
        let transport = cx.transport()?;
        let answer = transport.send(self.request()?, ANSWER_LIMIT).await;
        answer.map_err(|error| error.with_host(self.endpoint.host_and_port()))
    }

    fn read(&self, response: &Response<Bytes>, cx: &FetchContext) -> Result<TokenAnswer, Error> {
        let secret = self.form.iter().filter(|field| !field.public).map(|field| &field.value);
        let sent = secret.chain(&self.client_secret);
        let mut secrets: Vec<&str> = sent.map(Secret::expose).collect();
        let basic = self.authorization.as_ref().and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
        secrets.extend(basic);
        // As they stand in what was sent, which an issuer may repeat as it is.
        let encoded: Vec<Secret> = secrets.iter().filter_map(|secret| self.encoded(secret)).collect();
        secrets.extend(encoded.iter().map(Secret::expose));
        let reply = reply::Reply {
            response,
            now: cx.started().wall(),
            credential: &self.credential,
            names: self.names,
            client: self.client.unwrap_or(&self.credential),
            token_type: &self.token_type,
            not_applicable: self.not_applicable,
            secrets: &secrets,
        };
        let mut answer = reply.read().map_err(|error| error.with_host(self.endpoint.host_and_port()))?;
        if let Some(lifetime) = self.default_lifetime {
            answer.token = answer.token.default_lifetime(lifetime);
        }
        Ok(answer)
    }

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.check()?;
        let (content_type, body) = self.body();
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.endpoint.uri().clone())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, content_type)
            .body(body)
            .map_err(|_| {
                Error::new(ErrorKind::Misconfigured, "the token request can't be built from the endpoint's url")
            })?;
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        Ok(request)
    }

    /// A value as the body has it, if that is another text.
    fn encoded(&self, value: &str) -> Option<Secret> {
        let encoded: String = if self.json {
            serde_json::Value::from(value).to_string().trim_matches('"').to_owned()
        } else {
            form_urlencoded::byte_serialize(value.as_bytes()).collect()
        };
        (encoded != value).then(|| Secret::new(encoded))
    }

    fn body(&self) -> (&'static str, Bytes) {
        if self.json {
            let fields = self.form.iter().map(|field| (field.name.to_string(), field.value.expose().into()));
            let object = serde_json::Value::Object(fields.collect());
            return ("application/json", Bytes::from(object.to_string()));
        }
        let mut form = form_urlencoded::Serializer::new(String::new());
        for field in &self.form {
            form.append_pair(&field.name, field.value.expose());
        }
        ("application/x-www-form-urlencoded", Bytes::from(form.finish()))
    }

    /// An issuer has to refuse both, and says less about it.
    fn check(&self) -> Result<(), Error> {
        // The two that may be repeated: RFC 8693 section 2.1 and RFC 8707 section 2.
        let once = |field: &Field| !matches!(&*field.name, "audience" | "resource");
        for (index, field) in self.form.iter().enumerate().filter(|(_, field)| once(field)) {
            if self.form[..index].iter().any(|other| other.name == field.name) {
                let message = format!("the form field {} is given twice: leave the extra one out", field.name);
                return Err(Error::misconfigured(message));
            }
        }
        let has = |name: &str| self.form.iter().any(|field| field.name == name);
        let ways = [self.authorization.is_some(), has("client_secret"), has("client_assertion")];
        if ways.into_iter().filter(|way| *way).count() > 1 {
            let message = "the client authenticates in more than one way (RFC 6749 section 2.3): choose one";
            return Err(Error::misconfigured(message));
        }
        Ok(())
    }
}
