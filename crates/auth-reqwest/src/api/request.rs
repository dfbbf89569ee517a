//! One request.

use std::fmt;
use std::time::Duration;

use auth_core::{RequestAuth, adapter};
use http::header::CONTENT_TYPE;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Uri};
use reqwest::Url;
use serde::Serialize;

use super::body::Body;
use super::{ApiClient, ApiError, ApiResponse, send};

/// A request of an [`ApiClient`]. What it says wins over the client's context. Nothing happens until it is
/// [sent](Self::send); what can't be sent is said then.
#[must_use = "a request does nothing until it is sent"]
pub struct ApiRequest {
    client: ApiClient,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Body,
    left_out: Vec<String>,
    timeout: Option<Duration>,
    idempotent: bool,
    extensions: Extensions,
    broken: Option<ApiError>,
}

impl ApiRequest {
    pub(super) fn new(client: ApiClient, method: Method, path: String) -> Self {
        // RFC 9110 section 9.2.2.
        let idempotent = method.is_idempotent();
        Self {
            client,
            method,
            path,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Body::None,
            left_out: Vec::new(),
            timeout: None,
            idempotent,
            extensions: Extensions::new(),
            broken: None,
        }
    }

    /// Adds a query parameter. Never a secret: URLs are logged.
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    pub(super) fn queries(mut self, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        self.query.extend(pairs);
        self
    }

    /// Sets a header.
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        match (name.try_into(), value.try_into()) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            _ => self.broken = Some(ApiError::config("a header of the request has characters that can't stand in one")),
        }
        self
    }

    pub(super) fn headers(mut self, headers: &HeaderMap) -> Self {
        self.headers.extend(headers.iter().map(|(name, value)| (name.clone(), value.clone())));
        self
    }

    /// A JSON body (RFC 8259). A JSON object also gets the fields that the context has for bodies, where it has none of that
    /// name itself.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        match Body::json(value, self.client.access().context()) {
            Ok(body) => self.body = body,
            Err(error) => self.broken = Some(error),
        }
        self
    }

    /// Any other body: bytes, text, or a stream (`reqwest::Body::wrap`). A stream passes once: after a 401, or a failure that
    /// would otherwise be repeated, the answer is returned, and the caller sends it anew.
    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.body = Body::Raw(body.into());
        self
    }

    /// Leaves a field of the context out of the body: where it and one of the request's own exclude each other.
    pub fn without_body_field(mut self, name: impl Into<String>) -> Self {
        self.left_out.push(name.into());
        self
    }

    /// The time for each sending, and for the wait for a token. Default: the client's own.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sending it twice does no more than sending it once, whatever its method, so it may be repeated ([`Retries`](super::Retries)).
    /// Default: what RFC 9110 section 9.2.2 says of the method.
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The same for servers that recognize a request by its `Idempotency-Key`: sends the key, and may repeat.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("idempotency-key", key).idempotent()
    }

    /// Sends it once, whatever happens.
    pub fn without_retries(mut self) -> Self {
        self.idempotent = false;
        self
    }

    /// How this one request is to be authenticated: not at all, with a fresh token, or by another authenticator.
    pub fn auth(mut self, auth: RequestAuth) -> Self {
        self.extensions.insert(auth);
        self
    }

    /// For a middleware of the client's.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, extension: T) -> Self {
        self.extensions.insert(extension);
        self
    }

    /// Sends it, with a token, which is waited for if there is none, and repeats it if it may be.
    ///
    /// # Errors
    /// An [`ApiError`] if it could not be sent, and for every answer that is no success (2xx).
    pub async fn send(self) -> Result<ApiResponse, ApiError> {
        let (client, idempotent, extensions) = (self.client.clone(), self.idempotent, self.extensions.clone());
        let request = self.finish()?;
        let response = send::send(&client.0, request, extensions, idempotent).await?;
        Ok(ApiResponse::new(client, response))
    }

    /// What the request will be, as far as it is up to this crate.
    fn finish(self) -> Result<reqwest::Request, ApiError> {
        let Self { client, method, path, query, mut headers, body, left_out, timeout, broken, .. } = self;
        if let Some(broken) = broken {
            return Err(broken);
        }
        let context = client.access().context();
        let mut uri = with_query(resolve(&client, &path)?, &query)?;
        context.apply(&mut uri, &mut headers);
        if body.is_json() {
            headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        }
        let mut request = reqwest::Request::new(method, as_url(&uri)?);
        *request.headers_mut() = headers;
        *request.body_mut() = body.finish(context, &left_out)?;
        *request.timeout_mut() = timeout;
        Ok(request)
    }
}

/// The absolute URI of a path below the endpoint, or of a URL at its origin.
fn resolve(client: &ApiClient, path: &str) -> Result<Uri, ApiError> {
    let endpoint = client.endpoint();
    if path.contains('#') {
        return Err(ApiError::config("the path has a `#`, which would cut it short: encode it with `path(..)`"));
    }
    // Two slashes begin a host (RFC 3986 section 4.2).
    if path.starts_with("//") {
        return Err(elsewhere());
    }
    // Behind a slash or a question mark, it is a part of the path or of a value.
    let is_url = path.split_once("://").is_some_and(|(scheme, _)| !scheme.contains(['/', '?']));
    if !is_url {
        return endpoint.join(path).map_err(|error| ApiError::config(error.to_string()));
    }
    let uri: Uri = path.parse().map_err(|_| ApiError::config("the request's url can't be read"))?;
    // A user in it makes it another origin, too.
    if !endpoint.is_origin_of(&uri) { Err(elsewhere()) } else { Ok(uri) }
}

fn elsewhere() -> ApiError {
    ApiError::config(
        "the request's url is of another origin than the endpoint, where the token must not go: give a path, or use a \
         client of that host",
    )
}

fn with_query(uri: Uri, pairs: &[(String, String)]) -> Result<Uri, ApiError> {
    if pairs.is_empty() {
        return Ok(uri);
    }
    adapter::with_query(&uri, pairs).ok_or_else(|| ApiError::config("the request's query is too long for a url"))
}

/// reqwest's URL of a URI, which must say the same: reqwest's parser mends what it reads.
fn as_url(uri: &Uri) -> Result<Url, ApiError> {
    let url = Url::parse(&uri.to_string()).ok();
    url.filter(|url| url.path() == uri.path())
        .ok_or_else(|| ApiError::config("the request's path can't stand in a url as it is: encode it with `path(..)`"))
}

impl fmt::Debug for ApiRequest {
    /// Without path, query and body, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRequest")
            .field("method", &self.method)
            .field("endpoint", self.client.endpoint())
            .field("idempotent", &self.idempotent)
            .finish_non_exhaustive()
    }
}
