//! A base URL: from an argument, a profile, or injected by the platform.

use std::fmt;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

use crate::Error;
use crate::origins::Origin;
use crate::url::{self, For};

/// Where an API lives: scheme, host, port, and perhaps a path prefix that every request keeps.
///
/// Plain http to another machine is accepted here, because a sidecar's address looks like that; it is refused when a
/// credential would be attached.
///
/// ```
/// use auth_core::Endpoint;
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let api = Endpoint::parse("https://api.example.com/v1/")?;
/// assert_eq!(api.join("/items?limit=5")?, "https://api.example.com/v1/items?limit=5");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    /// Without a slash at the end; empty for none.
    prefix: String,
    origin: Origin,
}

impl Endpoint {
    /// Reads a base URL.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the reason: not absolute, a query, a fragment, user
    /// information, white space, dot segments.
    pub fn parse(base_url: &str) -> Result<Self, Error> {
        let unusable =
            |reason: &dyn fmt::Display| Error::misconfigured(format!("the base url is not usable: {reason}"));
        let uri = url::parse(base_url, For::BaseUrl).map_err(|reason| unusable(&reason))?;
        let origin = Origin::of((&uri).into()).ok_or_else(|| unusable(&"it has no host"))?;
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(unusable(&"it is not absolute"));
        };
        let prefix = parts.path_and_query.as_ref().map_or("", PathAndQuery::path).trim_end_matches('/').to_owned();
        Ok(Self { scheme, authority, prefix, origin })
    }

    /// Its origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether an absolute URI goes to this endpoint's origin, below its path or not.
    pub fn is_origin_of(&self, uri: &Uri) -> bool {
        self.origin.includes(uri.into())
    }

    /// The absolute URI of a path (and query) below this base.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if the path does not begin with a slash or is no path.
    pub fn join(&self, path_and_query: &str) -> Result<Uri, Error> {
        if !path_and_query.starts_with('/') {
            return Err(Error::misconfigured("a path below the base url must begin with a slash"));
        }
        if url::has_dot_segments(path_and_query.split('?').next().unwrap_or_default()) {
            return Err(Error::misconfigured("a path below the base url must not have `.` or `..` segments"));
        }
        let path = format!("{}{path_and_query}", self.prefix);
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
            .map_err(|_| Error::misconfigured("a path below the base url has characters that can't stand in a URL"))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.prefix)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}
