//! Which URLs a credential may be fetched from or sent to: `https`, or a loopback host, and nothing unusual.
//!
//! Strict where a lenient parser and a strict one would disagree about the host (RFC 3986, RFC 8252 section
//! 8.3): nothing is trimmed, no backslash becomes a slash, no host is decoded, and dot segments are refused
//! rather than resolved. What passes means the same to every HTTP client.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;
use thiserror::Error;

/// The longest URL accepted, in bytes.
const MAX_URL_BYTES: usize = 8 * 1024;

/// What a URL is for, which decides how strict [`parse`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// A token is fetched here: `https` or loopback. A query is allowed.
    TokenEndpoint,
    /// Requests go here. It may be plain `http`, which is refused when a credential is first attached. No
    /// query, since paths are appended.
    BaseUrl,
    /// A cloud's metadata service: `https`, loopback, or plain `http` to the one link-local address that it has
    /// everywhere. No router passes that address on, and certificates can't be had for it. No query.
    #[cfg(feature = "ibm")]
    Metadata,
}

impl For {
    /// Whether plain `http` to this host will do.
    fn takes_http(self, host: &str) -> bool {
        match self {
            Self::TokenEndpoint => is_loopback(host),
            Self::BaseUrl => true,
            #[cfg(feature = "ibm")]
            Self::Metadata => is_loopback(host) || host == "169.254.169.254",
        }
    }
}

/// Why a URL is refused. No message repeats any of it: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum UrlError {
    /// No URL with a scheme and a host, or characters that a URL can't hold.
    #[error("this is no absolute URL; write it as https://host/path and percent-encode other characters")]
    Parse,
    /// A scheme other than `https` or `http`.
    #[error("the URL has another scheme than https; write it as https://host/path")]
    Scheme,
    /// Plain `http` to another machine.
    #[error("the URL is plain http to a host that is not loopback; use https")]
    InsecureScheme,
    /// A user name or password in front of the host.
    #[error("the URL holds a user name or password; remove everything up to the @")]
    UserInfo,
    /// A fragment.
    #[error("the URL has a fragment; remove the # and what follows")]
    Fragment,
    /// A query on a base URL.
    #[error("the base URL has a query; remove the ? and what follows")]
    Query,
    /// White space, be it in front, behind or inside.
    #[error("the URL holds white space; remove it, or percent-encode it inside a path")]
    Whitespace,
    /// A backslash, which some parsers take for a slash.
    #[error("the URL holds a backslash; use a slash")]
    Backslash,
    /// A port that is empty, zero or above 65535.
    #[error("the URL has a port that is not between 1 and 65535; correct it or remove the colon")]
    Port,
    /// A dot segment, percent-encoded or not.
    #[error("the URL has a . or .. segment in its path; write the path without them")]
    Path,
    /// A host with a character outside `[a-z0-9._-]`, a number in another form than a dotted quad, or a
    /// host that is not among the pinned ones.
    #[error("the URL names a host that is not allowed; check its spelling, or allow the host explicitly")]
    HostNotAllowed,
}

/// A URL taken apart and put together again, its scheme and host in lower case.
///
/// # Errors
///
/// One [`UrlError`], decided from the outside in: characters, scheme, host and port, path, query.
/// Whether the host is one of the pinned ones is up to the caller, with [`host_allowed`].
pub(crate) fn parse(input: &str, purpose: For) -> Result<Uri, UrlError> {
    check_characters(input)?;
    let (scheme, rest) = split_scheme(input)?;
    let rest = rest.strip_prefix("//").ok_or(UrlError::Parse)?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user_info, authority) = match authority.rsplit_once('@') {
        Some((user_info, authority)) => (Some(user_info), authority),
        None => (None, authority),
    };
    let (host, port) = split_port(authority)?;
    if scheme == "http" && !purpose.takes_http(host) {
        return Err(UrlError::InsecureScheme);
    }
    if user_info.is_some() {
        return Err(UrlError::UserInfo);
    }
    if path.contains('#') {
        return Err(UrlError::Fragment);
    }
    let host = normal_host(host)?;
    check_path(path, purpose)?;
    let port = port.map_or(String::new(), |port| format!(":{port}"));
    format!("{scheme}://{host}{port}{path}").parse().map_err(|_| UrlError::Parse)
}

/// Whether a host, with or without the brackets of an IPv6 literal, is this machine by definition.
///
/// `127.0.0.0/8` as a dotted quad, `::1`, and `localhost` in any case (RFC 6761 section 6.3). Not
/// `localhost.`, nor the short, octal or hexadecimal forms of an address: not everyone reads them alike.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    if let Ok(v6) = bare.unwrap_or(host).parse::<Ipv6Addr>() {
        return v6 == Ipv6Addr::LOCALHOST;
    }
    host.parse::<Ipv4Addr>().is_ok_and(|v4| v4.is_loopback()) || host.eq_ignore_ascii_case("localhost")
}

/// Whether a token may be fetched from this host, given the vendor's own hosts. Loopback always may.
///
/// An entry `*.example.com` stands for every host below `example.com`, at any depth, but not for
/// `example.com` itself. Any other entry stands for itself.
pub(crate) fn host_allowed(host: &str, allowed: &[&str]) -> bool {
    let host = host.to_ascii_lowercase();
    is_loopback(&host)
        || allowed.iter().any(|entry| {
            let entry = entry.to_ascii_lowercase();
            match entry.strip_prefix('*') {
                // The dot stays on, so that it must be there, and with something in front of it.
                Some(suffix) if suffix.starts_with('.') => {
                    host.strip_suffix(suffix).is_some_and(|labels| !labels.is_empty())
                }
                _ => host == entry,
            }
        })
}

/// Refuses the characters that parsers treat differently, before anything is taken apart.
fn check_characters(input: &str) -> Result<(), UrlError> {
    if input.trim().is_empty() || input.len() > MAX_URL_BYTES {
        return Err(UrlError::Parse);
    }
    if input.contains(char::is_whitespace) {
        return Err(UrlError::Whitespace);
    }
    if input.contains('\\') {
        return Err(UrlError::Backslash);
    }
    if input.contains(|c: char| c.is_control()) {
        return Err(UrlError::Parse);
    }
    Ok(())
}

/// The scheme in lower case, and what follows its colon.
fn split_scheme(input: &str) -> Result<(String, &str), UrlError> {
    let (scheme, rest) = input.split_once(':').ok_or(UrlError::Parse)?;
    let well_formed = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    match scheme.to_ascii_lowercase() {
        _ if !well_formed => Err(UrlError::Parse),
        scheme if scheme == "https" || scheme == "http" => Ok((scheme, rest)),
        _ => Err(UrlError::Scheme),
    }
}

/// The host, an IPv6 literal with its brackets, and the port if there is one.
fn split_port(authority: &str) -> Result<(&str, Option<u16>), UrlError> {
    let host_end = if authority.starts_with('[') {
        authority.find(']').ok_or(UrlError::Parse)? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(host_end);
    if host.is_empty() {
        return Err(UrlError::Parse);
    }
    if port.is_empty() {
        return Ok((host, None));
    }
    let digits = port.strip_prefix(':').ok_or(UrlError::Parse)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(UrlError::Parse);
    }
    match digits.parse() {
        Ok(0) | Err(_) => Err(UrlError::Port),
        Ok(port) => Ok((host, Some(port))),
    }
}

/// The host in the one form that is compared.
fn normal_host(host: &str) -> Result<String, UrlError> {
    if let Some(inner) = host.strip_prefix('[') {
        let address = inner.strip_suffix(']').and_then(|v6| v6.parse().ok());
        return address.map(|v6: Ipv6Addr| format!("[{v6}]")).ok_or(UrlError::Parse);
    }
    let host = host.to_ascii_lowercase();
    let name = host.strip_suffix('.').unwrap_or(&host);
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    // Resolvers take a name that ends in a number for an address: 0x7f.1 and 2130706433 are 127.0.0.1.
    let last = name.rsplit('.').next().unwrap_or(name);
    let number = last.bytes().all(|b| b.is_ascii_digit())
        || last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    if plain && !name.split('.').any(str::is_empty) && (!number || host.parse::<Ipv4Addr>().is_ok()) {
        Ok(host)
    } else {
        Err(UrlError::HostNotAllowed)
    }
}

/// Refuses dot segments, characters that RFC 3986 section 3.3 keeps out, and a base URL's query.
fn check_path(path_and_query: &str, purpose: For) -> Result<(), UrlError> {
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path_and_query, None),
    };
    if has_dot_segments(path) {
        return Err(UrlError::Path);
    }
    if query.is_some() && purpose != For::TokenEndpoint {
        return Err(UrlError::Query);
    }
    if is_encoded(path) && query.is_none_or(is_encoded) { Ok(()) } else { Err(UrlError::Parse) }
}

/// Whether a path has a segment that moves about in it, however it is written.
pub(crate) fn has_dot_segments(path: &str) -> bool {
    let decoded = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
    decoded.split(['/', '\\']).any(|segment| segment == "." || segment == "..")
}

/// Whether text consists of the characters of a path or query, and whole percent escapes.
fn is_encoded(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&b);
    let mut bytes = text.bytes();
    let hex = |digit: Option<u8>| digit.is_some_and(|b| b.is_ascii_hexdigit());
    while let Some(b) = bytes.next() {
        let escape = b == b'%' && hex(bytes.next()) && hex(bytes.next());
        if !escape && !allowed(b) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests;
