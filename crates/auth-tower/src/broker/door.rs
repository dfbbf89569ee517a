//! Who may ask at all, by what a browser says of itself. Looked at before anything else, and before a preflight.

use std::net::IpAddr;

use auth_core::{Error, Origin};
use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, request};

use super::refusal::Refusal;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// The origins whose pages may ask, and the names by which they may.
#[derive(Clone, Debug)]
pub(super) struct Door {
    origins: Vec<HeaderValue>,
    hosts: Vec<Authority>,
}

impl Door {
    pub(super) fn new<O: AsRef<str>>(origins: impl IntoIterator<Item = O>) -> Result<Self, Error> {
        let origins = origins.into_iter().map(|origin| allowed(origin.as_ref())).collect::<Result<Vec<_>, _>>()?;
        if origins.is_empty() {
            return Err(Error::misconfigured("no origin is allowed, so that no page could get a token: allow one"));
        }
        Ok(Self { origins, hosts: Vec::new() })
    }

    pub(super) fn origins(&self) -> &[HeaderValue] {
        &self.origins
    }

    pub(super) fn allow_host(&mut self, host: &str) -> Result<(), Error> {
        let authority = Authority::try_from(host).ok().filter(|host| is_host(host) && !host.as_str().contains('*'));
        let message = "an allowed host is not usable: write it as host or host:port, as the URL of the broker has it";
        self.hosts.push(authority.ok_or_else(|| Error::misconfigured(message))?);
        Ok(())
    }

    /// Lets a request pass, or says why not.
    pub(super) fn check(&self, head: &request::Parts) -> Result<(), Refusal> {
        self.check_host(head)?;
        self.check_origin(&head.headers)?;
        if matches!(head.method, Method::GET | Method::POST | Method::OPTIONS) { Ok(()) } else { Err(Refusal::Method) }
    }

    /// A page of a stranger's whose name leads to this machine (DNS rebinding) says its own name here.
    fn check_host(&self, head: &request::Parts) -> Result<(), Refusal> {
        let mut named = head.headers.get_all(HOST).iter();
        let header = match (named.next(), named.next()) {
            (None, _) => None,
            (Some(host), None) => Some(Authority::try_from(host.as_bytes()).map_err(|_| Refusal::UnknownHost)?),
            _ => return Err(Refusal::UnknownHost),
        };
        // HTTP/2 has it in the URI.
        let names = [header.as_ref(), head.uri.authority()];
        let mut names = names.into_iter().flatten().peekable();
        let known = names.peek().is_some() && names.all(|name| self.knows(name));
        if known { Ok(()) } else { Err(Refusal::UnknownHost) }
    }

    fn knows(&self, name: &Authority) -> bool {
        let listed = |host: &Authority| {
            host.host().eq_ignore_ascii_case(name.host()) && (host.port().is_none() || host.port() == name.port())
        };
        is_host(name) && (is_loopback(name.host()) || self.hosts.iter().any(listed))
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut origins = headers.get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (Some(origin), None) if self.origins.contains(origin) => {}
            // `null` too: a sandboxed frame, a file, a redirect; anybody can be that.
            (Some(_), _) => return Err(Refusal::ForeignOrigin),
            // No browser, or a page of the broker's own origin; or a browser that loads an image or follows a link.
            (None, _) if is(headers, &SEC_FETCH_SITE, &["same-origin"]) => {}
            (None, _) => return Err(Refusal::NoFetch),
        }
        if is(headers, &SEC_FETCH_MODE, &["cors", "same-origin"]) { Ok(()) } else { Err(Refusal::NoFetch) }
    }
}

/// Whether a header has one of these values, or is not there.
fn is(headers: &HeaderMap, name: &HeaderName, values: &[&str]) -> bool {
    headers.get_all(name).iter().all(|value| values.iter().any(|allowed| value == allowed))
}

/// As a browser writes it, which is how it is compared.
fn allowed(origin: &str) -> Result<HeaderValue, Error> {
    let parsed = Origin::parse(origin)?;
    if !parsed.is_secure() {
        let message = "an allowed origin is plain http on another machine, where anybody could be that page: use https";
        return Err(Error::misconfigured(message));
    }
    HeaderValue::try_from(parsed.to_string()).map_err(|_| Error::misconfigured("an origin can't stand in a header"))
}

/// Whether it is a host, or a host and a port, and nothing else: an [`Authority`] may have a user in front, and anything for a port.
fn is_host(name: &Authority) -> bool {
    name.as_str() == name.host() || name.port_u16().is_some_and(|_| !name.as_str().contains('@'))
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}
