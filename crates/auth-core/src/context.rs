//! What every request to a system says besides who it is from: an account, a project, a space.

use std::borrow::{Borrow, Cow};
use std::fmt;

use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::Error;

/// Defaults that a system wants on its requests: headers, query parameters, fields of a JSON body. No credentials: they go
/// wherever the program sends its requests. What a request says itself wins.
///
/// ```
/// use auth_core::Context;
/// use http::{HeaderMap, HeaderName, Uri};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let context = Context::default().with_header(HeaderName::from_static("x-project-id"), "p-1")?.with_query("version", "2026-01-01");
/// let (mut uri, mut headers) = (Uri::from_static("https://api.example.com/things"), HeaderMap::new());
/// context.apply(&mut uri, &mut headers);
/// assert_eq!(uri, "https://api.example.com/things?version=2026-01-01");
/// assert_eq!(headers["x-project-id"], "p-1");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Context {
    headers: Vec<(HeaderName, HeaderValue)>,
    query: Vec<(Cow<'static, str>, String)>,
    body: Vec<(Cow<'static, str>, String)>,
}

impl Context {
    /// A header of every request.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if the value can't stand in a header; the message names the header.
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Result<Self, Error> {
        let value = HeaderValue::from_str(value).map_err(|_| {
            Error::misconfigured(format!("the value for the header {name} has characters that can't stand in a header"))
        })?;
        self.headers.push((name, value));
        Ok(self)
    }

    /// A query parameter of every request.
    #[must_use]
    pub fn with_query(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// A top-level field of every JSON object that is sent. Only an adapter that makes the bodies itself can add it
    /// (`ApiClient` of auth-reqwest).
    #[must_use]
    pub fn with_body_field(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.body.push((name.into(), value.into()));
        self
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.query.is_empty() && self.body.is_empty()
    }

    /// The query parameters.
    pub fn query_parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_ref(), value.as_str()))
    }

    /// The fields of a JSON body.
    pub fn body_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.body.iter().map(|(name, value)| (name.as_ref(), value.as_str()))
    }

    /// Adds headers and query parameters that the request does not have yet.
    pub fn apply(&self, uri: &mut Uri, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.entry(name.clone()).or_insert_with(|| value.clone());
        }
        if let Some(with_query) = self.add_query(uri) {
            *uri = with_query;
        }
    }

    fn add_query(&self, uri: &Uri) -> Option<Uri> {
        let said = uri.query().unwrap_or_default();
        let is_said = |name: &str| form_urlencoded::parse(said.as_bytes()).any(|(key, _)| key == name);
        let mut missing = self.query.iter().filter(|(name, _)| !is_said(name)).peekable();
        missing.peek()?;
        with_query(uri, missing)
    }
}

/// The URI with these pairs behind its query; `None` if it becomes too long.
pub(crate) fn with_query<N, V>(uri: &Uri, pairs: impl IntoIterator<Item: Borrow<(N, V)>>) -> Option<Uri>
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let mut query = form_urlencoded::Serializer::new(uri.query().unwrap_or_default().to_owned());
    query.extend_pairs(pairs);
    let path = format!("{}?{}", uri.path(), query.finish());
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

impl fmt::Debug for Context {
    /// The names alone: nobody checks that no value is a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let names =
            |pairs: &[(Cow<'static, str>, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let (query, body) = (names(&self.query), names(&self.body));
        f.debug_struct("Context").field("headers", &headers).field("query", &query).field("body", &body).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_says_itself_wins() -> Result<(), Error> {
        let name = HeaderName::from_static("x-project-id");
        let context =
            Context::default().with_header(name.clone(), "ours")?.with_query("version", "1").with_query("a b", "ü");
        let mut uri = Uri::from_static("https://h/p?version=2&x");
        let mut headers = HeaderMap::from_iter([(name, HeaderValue::from_static("own"))]);
        context.apply(&mut uri, &mut headers);
        assert_eq!(uri, "https://h/p?version=2&x&a+b=%C3%BC");
        assert_eq!(headers["x-project-id"], "own");
        assert_eq!(context.query_parameters().collect::<Vec<_>>(), [("version", "1"), ("a b", "ü")]);
        Ok(())
    }
}
