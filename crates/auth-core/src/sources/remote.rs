//! A backend that hands out tokens.

use std::time::SystemTime;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderName, HeaderValue, Method, Request, Response};

use crate::exchange::TokenEndpoint;
use crate::exchange::answer::fields::{Raw, read_object};
use crate::exchange::reply::Reply;
use crate::{Error, ErrorKind, FetchContext, Secret, Token, TokenSource, jwt, token_value};

/// A token is at most 64 KiB; what stands around it in JSON is less.
const ANSWER_LIMIT: usize = 128 * 1024;

/// The names under which backends give the token, and its type beside it.
const NAMES: [(&str, &str); 3] =
    [("accessToken", "tokenType"), ("access_token", "token_type"), ("token", "token_type")];

/// Bearer tokens from a backend of your own that holds the real credential, for programs that must not hold it: the
/// `getBearerToken` of Skyflow's clients, over HTTP.
///
/// One request a token: `GET` by default, without a body. The answer is JSON with `accessToken`, `access_token` or `token`,
/// or the bare token as JSON or plain text. It is checked before it is used: its size and characters, and that it is no JWT
/// that has already expired. It lives for `expires_in`, or until the JWT's own `exp`. For a backend that speaks otherwise use
/// [`Callback`](super::Callback). Needs a transport.
///
/// ```
/// use auth_core::{exchange::TokenEndpoint, sources::Remote};
/// use http::HeaderName;
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let backend = TokenEndpoint::parse("https://shop.example.com/skyflow/token")?;
/// let source = Remote::new(backend).session(HeaderName::from_static("cookie"), "session=my-session")?;
/// # let _: &dyn auth_core::TokenSource = &source;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Remote {
    endpoint: TokenEndpoint,
    method: Method,
    session: Option<(HeaderName, Secret)>,
}

impl Remote {
    /// Asks `endpoint`: https, or loopback.
    pub fn new(endpoint: TokenEndpoint) -> Self {
        Self { endpoint, method: Method::GET, session: None }
    }

    /// Asks by `POST`, with an empty body. Default: `GET`.
    #[must_use]
    pub fn post(mut self) -> Self {
        self.method = Method::POST;
        self
    }

    /// Says who this program is to the backend by a header of its own: a cookie, a session id. Default: nothing.
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) if the value can't stand in a header; it is not repeated.
    pub fn session(mut self, header: HeaderName, value: impl Into<Secret>) -> Result<Self, Error> {
        let value = value.into();
        if value.expose().is_empty() || session_value(&value).is_none() {
            let message = format!("the session for the header {header} is empty or can't stand in a header");
            return Err(Error::misconfigured(message));
        }
        self.session = Some((header, value));
        Ok(self)
    }

    /// The same as `Authorization: Bearer`.
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) if it is no token; it is not repeated.
    pub fn bearer_session(self, token: impl Into<Secret>) -> Result<Self, Error> {
        let token = token.into();
        let token = token_value::clean(token.expose().as_bytes())
            .map_err(|reason| Error::misconfigured(format!("the session's token is not usable: {reason}")))?;
        self.session(AUTHORIZATION, format!("Bearer {token}"))
    }

    fn request(&self) -> Result<Request<Bytes>, Error> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(self.endpoint.uri().clone())
            .header(ACCEPT, "application/json, text/plain;q=0.9")
            .body(Bytes::new())
            .map_err(|_| Error::misconfigured("the request to the backend can't be built from its url"))?;
        if self.method == Method::POST {
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if let Some((name, value)) = &self.session
            && let Some(value) = session_value(value)
        {
            request.headers_mut().insert(name.clone(), value);
        }
        Ok(request)
    }

    fn read(&self, response: &Response<Bytes>, now: SystemTime) -> Result<Token, Error> {
        let mut secrets = Vec::new();
        if let Some((_, value)) = &self.session {
            secrets.push(value.expose());
            secrets.extend(value.expose().strip_prefix("Bearer "));
        }
        let mut reply = Reply {
            response,
            now,
            credential: "its session",
            client: "its session",
            not_applicable: false,
            names: NAMES[0],
            token_type: "Bearer",
            secrets: &secrets,
        };
        match response.status().as_u16() {
            200..=299 => {}
            401 => return Err(reply.in_its_own_words(Error::new(ErrorKind::InteractionRequired, self.whose_fault()))),
            403 => {
                let message =
                    "the backend knows this program's session but gives it no token: the session needs that right";
                return Err(reply.in_its_own_words(Error::new(ErrorKind::Rejected, message)));
            }
            // Nothing but errors.
            _ => return reply.read().map(|answer| answer.token),
        }
        let token = match body(response.body())? {
            Body::Bare(token) => Token::bearer(token),
            Body::Named(names) => {
                reply.names = names;
                reply.read()?.token
            }
        };
        check_life(&token, reply.server_time().unwrap_or(now))?;
        // It may come out of the backend's own cache.
        Ok(token.found())
    }

    fn whose_fault(&self) -> String {
        match &self.session {
            Some((header, _)) => format!(
                "the backend does not accept this program's session with it (the header {header}), not the token it hands \
                 out: sign in at the backend again"
            ),
            None => "the backend wants a session and was given none: set one with `.session(..)`".to_owned(),
        }
    }
}

#[async_trait]
impl TokenSource for Remote {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let host = self.endpoint.host();
        let response =
            cx.transport()?.send(self.request()?, ANSWER_LIMIT).await.map_err(|error| error.with_host(host))?;
        self.read(&response, cx.now().wall()).map_err(|error| error.with_host(host))
    }
}

fn session_value(value: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

enum Body {
    Bare(Secret),
    Named((&'static str, &'static str)),
}

/// Which of the forms an answer has. Nothing of it gets into an error: it may be a page with the session in it.
fn body(body: &[u8]) -> Result<Body, Error> {
    let malformed = |reason: &dyn std::fmt::Display| {
        Error::new(ErrorKind::Malformed, format!("the backend's answer is no token: {reason}"))
    };
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    if text.starts_with(b"{") {
        let found = read_object(body, NAMES.map(|(name, _)| name)).map_err(|reason| malformed(&reason))?;
        let values: Vec<Option<&str>> = found.values.iter().map(|value| value.as_ref().and_then(as_text)).collect();
        let mut named = values.iter().zip(NAMES).filter_map(|(value, names)| value.map(|value| (value, names)));
        return match named.next() {
            Some((first, names)) if named.all(|(other, _)| other == first) => Ok(Body::Named(names)),
            Some(_) => Err(malformed(&"it gives different tokens under different names")),
            // The usual reader says what else is the matter: an error in its place, another type, nothing at all.
            None => Ok(Body::Named(named_at_all(&found.values))),
        };
    }
    if text.starts_with(b"\"") {
        let token: Secret =
            serde_json::from_slice(text).map_err(|_| malformed(&"it begins with a quote but is no JSON"))?;
        token_value::check(token.expose()).map_err(|reason| malformed(&reason))?;
        return Ok(Body::Bare(token));
    }
    token_value::clean(body).map(|token| Body::Bare(token.into())).map_err(|reason| malformed(&reason))
}

fn as_text(raw: &Raw) -> Option<&str> {
    if let Raw::Text(text) = raw { Some(text) } else { None }
}

fn named_at_all(values: &[Option<Raw>]) -> (&'static str, &'static str) {
    values.iter().zip(NAMES).find(|(value, _)| value.is_some()).map_or(NAMES[1], |(_, names)| names)
}

/// Refuses a JWT that has ended, whatever the answer says about its lifetime.
fn check_life(token: &Token, now: SystemTime) -> Result<(), Error> {
    let exp = token.secret().and_then(|secret| jwt::times(secret.expose())).map(|times| times.exp);
    let Some(end) = exp.filter(|end| *end <= now).and_then(|end| jiff::Timestamp::try_from(end).ok()) else {
        return Ok(());
    };
    let message = format!("the backend handed out a token that expired at {end:.0}: it must fetch a new one by then");
    Err(Error::new(ErrorKind::ExpiredOnArrival, message))
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
