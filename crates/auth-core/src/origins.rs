//! Where a token may go.

use std::fmt;

use crate::target::Target;
use crate::url::{self, For, UrlError};
use crate::{Error, ErrorKind};

/// Scheme, host and port (RFC 6454 section 4), with the default port filled in and the host in lower case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    https: bool,
    host: Box<str>,
    port: u16,
    secure: bool,
    /// Host and port as a URI usually writes them: without the scheme's own port.
    authority: Box<str>,
}

impl Origin {
    /// Reads an origin: `https://api.example.com`, `http://localhost:8080`.
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) if it is no http or https URL with a host, or if it has a path: an origin
    /// is a whole host, and whoever writes a path means less than that.
    pub fn parse(origin: &str) -> Result<Self, Error> {
        if origin.contains('*') {
            return Err(Error::misconfigured("an origin can't have a wildcard: list each host, or use `.anywhere()`"));
        }
        let uri = url::parse(origin, For::BaseUrl).map_err(|reason| match reason {
            UrlError::Parse | UrlError::Scheme => {
                Error::misconfigured("an origin is not usable: write it as https://host")
            }
            reason => Error::misconfigured(format!("an origin is not usable: {reason}")),
        })?;
        if !matches!(uri.path(), "" | "/") {
            return Err(Error::misconfigured(
                "an origin has a path, but a token can only be given to a whole host: leave it out",
            ));
        }
        Self::of((&uri).into()).ok_or_else(|| Error::misconfigured("an origin needs a scheme and a host"))
    }

    /// Whether what is said there stays between the two: https, or loopback.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The origin of an absolute URL.
    pub(crate) fn of(target: Target<'_>) -> Option<Self> {
        let (https, host, port) = parts(target)?;
        let host = host.to_ascii_lowercase();
        let secure = https || url::is_loopback(&host);
        let authority = if port == default_port(https) { host.clone() } else { format!("{host}:{port}") };
        Some(Self { https, host: host.into(), port, secure, authority: authority.into() })
    }

    /// Whether a URI may carry the credential, and is written just like this origin: the usual case, at the price of one
    /// comparison of strings.
    #[inline(always)]
    fn plainly_includes(&self, target: Target<'_>) -> bool {
        let same_scheme = if self.https { target.scheme() == Some("https") } else { target.scheme() == Some("http") };
        self.secure && same_scheme && target.authority().is_some_and(|authority| authority == &*self.authority)
    }

    /// Whether an absolute URL is of this origin.
    pub(crate) fn includes(&self, target: Target<'_>) -> bool {
        parts(target).is_some_and(|parts| self.is_of(parts))
    }

    fn is_of(&self, (https, host, port): (bool, &str, u16)) -> bool {
        self.https == https && self.port == port && self.host.eq_ignore_ascii_case(host)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({self})")
    }
}

/// Scheme, host and port of an absolute URL.
fn parts(target: Target<'_>) -> Option<(bool, &str, u16)> {
    let scheme = target.scheme()?;
    let https = scheme.eq_ignore_ascii_case("https");
    if !https && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    // Host, and perhaps a port in digits: whoever writes anything else gets no token.
    let (host, rest) = target.host_and_rest()?;
    let port = match rest {
        "" => default_port(https),
        port => {
            let digits = port.strip_prefix(':').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            digits.parse().ok()?
        }
    };
    Some((https, host, port))
}

fn default_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

/// The origins of a credential.
#[derive(Clone, Debug)]
pub(crate) enum Origins {
    These(Vec<Origin>),
    Anywhere,
    /// What is below reaches this origin only.
    Connection(Origin),
    /// Nothing is ever attached, so it does not matter.
    Irrelevant,
}

/// Whether a request may carry the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    Attach,
    /// It goes elsewhere: send it without.
    Other,
}

impl Origins {
    #[inline]
    pub(crate) fn check(&self, target: Target<'_>) -> Result<Permission, Error> {
        if self.plainly_include(target) { Ok(Permission::Attach) } else { self.check_closely(target) }
    }

    /// Whether a URI may carry the credential, as far as that can be seen at once. `false` says nothing.
    // Inline, because it is a good part of a hit.
    #[inline(always)]
    pub(crate) fn plainly_include(&self, target: Target<'_>) -> bool {
        let first = if let Self::These(origins) = self { origins.first() } else { None };
        first.is_some_and(|first| first.plainly_includes(target)) || self.unusually_include(target)
    }

    /// Apart, so that the usual case, one origin, is short.
    fn unusually_include(&self, target: Target<'_>) -> bool {
        match self {
            Self::These(origins) => origins.iter().skip(1).any(|origin| origin.plainly_includes(target)),
            Self::Connection(origin) if target.authority().is_none() => origin.secure,
            Self::Connection(origin) => origin.plainly_includes(target),
            Self::Anywhere => parts(target).is_some_and(|(https, ..)| https),
            Self::Irrelevant => false,
        }
    }

    fn check_closely(&self, target: Target<'_>) -> Result<Permission, Error> {
        if let Self::Irrelevant = self {
            return Ok(Permission::Attach);
        }
        if target.authority().is_none() {
            return self.check_without_authority();
        }
        let Some(parts) = parts(target) else { return Ok(Permission::Other) };
        let secure = match self {
            Self::These(origins) => origins.iter().find(|origin| origin.is_of(parts)).map(|origin| origin.secure),
            Self::Connection(origin) => origin.is_of(parts).then_some(origin.secure),
            Self::Anywhere => Some(parts.0 || url::is_loopback(parts.1)),
            Self::Irrelevant => Some(true),
        };
        match secure {
            None => Ok(Permission::Other),
            Some(true) => Ok(Permission::Attach),
            Some(false) => Err(insecure()),
        }
    }

    #[cold]
    fn check_without_authority(&self) -> Result<Permission, Error> {
        match self {
            Self::Connection(origin) if origin.secure => Ok(Permission::Attach),
            Self::Connection(_) => Err(insecure()),
            _ => Err(Error::misconfigured(
                "the request's URI has no host, so it can't be said where the token would go: send absolute URIs, put a \
                 BaseUrl layer outside, or build the authenticator with `.connection_bound(origin)`",
            )),
        }
    }
}

#[cold]
fn insecure() -> Error {
    Error::new(
        ErrorKind::InsecureTransport,
        "the token would go over plain http to another machine: use an https URL (http is allowed for loopback only)",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anywhere_is_any_https_url_and_this_machine_and_no_other_plain_http() {
        let check = |uri: &str| Origins::Anywhere.check((&uri.parse::<http::Uri>().unwrap()).into());
        for uri in ["https://api.example.com/v1", "http://127.0.0.1:8080/v1", "http://localhost/v1"] {
            assert_eq!(check(uri).unwrap(), Permission::Attach, "{uri}");
        }
        assert_eq!(check("http://api.example.com/v1").unwrap_err().kind(), ErrorKind::InsecureTransport);
    }

    #[test]
    fn an_origin_is_shown_as_it_is_written() {
        for origin in ["https://api.example.com", "http://localhost:8080"] {
            assert_eq!(format!("{:?}", Origin::parse(origin).unwrap()), format!("Origin({origin})"));
        }
    }
}
