//! Where a request goes.

use std::fmt;

use http::Uri;

/// Where a request goes, as far as it matters to a credential: scheme and authority (RFC 3986 section 3.2). Any [`Uri`] is
/// one; clients with URLs of another type say the two.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// The target of an absolute URL: its scheme without the colon, and what stands between `//` and the path.
    pub fn new(scheme: &'a str, authority: &'a str) -> Self {
        Self { scheme: Some(scheme), authority: Some(authority).filter(|authority| !authority.is_empty()) }
    }

    #[inline(always)]
    pub(crate) fn scheme(self) -> Option<&'a str> {
        self.scheme
    }

    #[inline(always)]
    pub(crate) fn authority(self) -> Option<&'a str> {
        self.authority
    }

    /// The host, an IPv6 literal with its brackets, and what follows it: nothing, or a colon and a port. `None` if there is
    /// no host, or a user name or password in front of it.
    pub(crate) fn host_and_rest(self) -> Option<(&'a str, &'a str)> {
        let authority = self.authority.filter(|authority| !authority.contains('@'))?;
        let end = if authority.starts_with('[') {
            authority.find(']')? + 1
        } else {
            authority.find(':').unwrap_or(authority.len())
        };
        Some(authority.split_at(end)).filter(|(host, _)| !host.is_empty())
    }

    /// The host, for people.
    pub(crate) fn host(self) -> &'a str {
        let authority = self.authority.map(|authority| authority.rsplit('@').next().unwrap_or_default());
        let host = Self { authority, ..self }.host_and_rest();
        host.map_or("", |(host, _)| host)
    }
}

// Inline, as is what it calls: a good part of a hit.
impl<'a> From<&'a Uri> for Target<'a> {
    #[inline(always)]
    fn from(uri: &'a Uri) -> Self {
        Self { scheme: uri.scheme_str(), authority: uri.authority().map(http::uri::Authority::as_str) }
    }
}

impl fmt::Debug for Target<'_> {
    /// Without the authority's user name and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("scheme", &self.scheme).field("host", &self.host()).finish_non_exhaustive()
    }
}
