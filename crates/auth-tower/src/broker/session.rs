//! Whose page it is.

use std::fmt;
use std::sync::Arc;

use auth_core::{Authenticator, Error, Secret, Transport};
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, request};

use super::forward_auth::ForwardAuth;
use super::refusal::Refusal;

/// How a [`Broker`](crate::Broker) knows that a page's user is signed in: by a secret that the page's own backend shares with it,
/// or by asking that backend.
///
/// The secret is one for all: it keeps out whoever never got the page, and tells no users apart. Asking the backend does, and
/// ends when its session ends.
#[derive(Clone)]
pub struct Session(Kind);

#[derive(Clone)]
enum Kind {
    Bearer(Secret),
    Cookie { name: Arc<str>, secret: Secret },
    Forward(Arc<ForwardAuth>),
}

/// Whoever can ask a thousand times a second finds a shorter one.
const SHORTEST_SECRET: usize = 16;

impl Session {
    /// The page says `Authorization: Bearer <secret>`.
    ///
    /// # Errors
    /// [`Misconfigured`](auth_core::ErrorKind::Misconfigured) if the secret is shorter than 16 characters, or has others than
    /// visible ASCII.
    pub fn bearer(secret: impl Into<Secret>) -> Result<Self, Error> {
        usable(secret.into(), "").map(|secret| Self(Kind::Bearer(secret)))
    }

    /// The browser says `Cookie: <name>=<secret>`: one that the page's backend sets, `HttpOnly`, `Secure` and
    /// `SameSite=Strict`, so that no script sees it. The page fetches with its credentials, and its origin is allowed to.
    ///
    /// # Errors
    /// As [`bearer`](Self::bearer), and if the name or the secret can't be in a cookie (RFC 6265 section 4.1.1).
    pub fn cookie(name: &str, secret: impl Into<Secret>) -> Result<Self, Error> {
        let is_name = |byte: u8| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_name) {
            return Err(Error::misconfigured("the name of the session's cookie is not one that a cookie can have"));
        }
        let secret = usable(secret.into(), "\",;\\")?;
        Ok(Self(Kind::Cookie { name: name.into(), secret }))
    }

    /// Asks `url`, https or loopback, as nginx's `auth_request` and Traefik's `ForwardAuth` do: a `GET` with the cookies and the
    /// `Authorization` of the page's request. 2xx is a session; 401 and 403 go to the page; anything else is an error, a redirect
    /// too. Nothing is remembered, so a session ends when its backend says so. Waits 5 s at most.
    ///
    /// # Errors
    /// [`Misconfigured`](auth_core::ErrorKind::Misconfigured) if the URL is not usable.
    pub fn forward_auth(url: &str, transport: impl Transport) -> Result<Self, Error> {
        Ok(Self(Kind::Forward(Arc::new(ForwardAuth::new(url, transport)?))))
    }

    /// Whether it needs what a browser sends by itself.
    pub(super) fn wants_cookies(&self) -> bool {
        !matches!(self.0, Kind::Bearer(_))
    }

    pub(super) async fn check(&self, head: &request::Parts, clock: &Authenticator) -> Result<(), Refusal> {
        let is_there = match &self.0 {
            Kind::Bearer(secret) => bearer(&head.headers).is_some_and(|said| secret.matches(said)),
            Kind::Cookie { name, secret } => cookies(&head.headers, name).any(|said| secret.matches(said)),
            Kind::Forward(forward) => return forward.check(head, clock).await,
        };
        if is_there { Ok(()) } else { Err(Refusal::NoSession) }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Bearer(_) => f.write_str("Session::Bearer"),
            Kind::Cookie { name, .. } => write!(f, "Session::Cookie({name})"),
            Kind::Forward(forward) => write!(f, "Session::ForwardAuth({})", forward.host()),
        }
    }
}

fn usable(secret: Secret, without: &str) -> Result<Secret, Error> {
    let text = secret.expose();
    if text.len() < SHORTEST_SECRET {
        let message =
            "the session's secret can be guessed: make one of 16 characters or more, such as by `openssl rand -hex 16`";
        return Err(Error::misconfigured(message));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(|c| without.contains(c)) {
        return Err(Error::misconfigured("the session's secret has characters that can't stand where it is sent"));
    }
    Ok(secret)
}

/// The one token of the one header.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = value.as_bytes().split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}

/// What cookies of this name hold; there may be several, of other paths and domains.
fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|all| all.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}
