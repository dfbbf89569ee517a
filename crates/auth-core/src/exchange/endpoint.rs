//! Where a token is fetched.

use std::fmt;

use http::Uri;

use crate::Error;
use crate::url::{self, For};

/// The URL of a token endpoint: https, or plain http on loopback; no user information, no fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenEndpoint(Uri);

impl TokenEndpoint {
    /// Reads the URL.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the reason; the URL itself is not repeated, since it may
    /// hold a password.
    pub fn parse(token_url: &str) -> Result<Self, Error> {
        url::parse(token_url, For::TokenEndpoint)
            .map(Self)
            .map_err(|reason| Error::misconfigured(format!("the token url is not usable: {reason}")))
    }

    /// Reads a URL that comes from a less trusted place, such as a credentials file: its host must be one of `hosts`, or
    /// loopback. `*.example.com` stands for every host below `example.com`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and if the host is not among them.
    pub fn parse_pinned(token_url: &str, hosts: &[&str]) -> Result<Self, Error> {
        let endpoint = Self::parse(token_url)?;
        if url::host_allowed(endpoint.host(), hosts) {
            return Ok(endpoint);
        }
        let message =
            "the token url's host is not one that this credential may be sent to: check the file it comes from";
        Err(Error::misconfigured(message))
    }

    /// The URL.
    pub fn uri(&self) -> &Uri {
        &self.0
    }

    /// The host, for errors and logs.
    pub fn host(&self) -> &str {
        self.0.host().unwrap_or_default()
    }

    /// The same with the port, unless it is the scheme's own: several servers of a host are told apart by it.
    pub(crate) fn host_and_port(&self) -> String {
        let own = if self.0.scheme_str() == Some("http") { 80 } else { 443 };
        match self.0.port_u16().filter(|port| *port != own) {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host().to_owned(),
        }
    }
}

impl fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A query may hold a key; the path may hold a tenant. The host says enough.
        write!(f, "TokenEndpoint({})", self.host())
    }
}
