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
    if scheme == "http" && purpose == For::TokenEndpoint && !is_loopback(host) {
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
    let decoded = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
    if decoded.split('/').any(|segment| segment == "." || segment == "..") {
        return Err(UrlError::Path);
    }
    if query.is_some() && purpose == For::BaseUrl {
        return Err(UrlError::Query);
    }
    if is_encoded(path) && query.is_none_or(is_encoded) { Ok(()) } else { Err(UrlError::Parse) }
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
mod tests {
    use base64::Engine as _;

    use super::*;

    const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/corpus");

    /// Id, bytes and expectation of every row.
    fn rows() -> Vec<(String, Vec<u8>, String)> {
        let text = std::fs::read_to_string(format!("{CORPUS}/url.jsonl")).unwrap();
        text.lines()
            .map(|line| {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                let bytes = base64::engine::general_purpose::STANDARD.decode(row["b64"].as_str().unwrap()).unwrap();
                let field = |name: &str| row[name].as_str().unwrap().to_owned();
                (field("id"), bytes, field("expect"))
            })
            .collect()
    }

    /// As a token endpoint pinned to the hosts that the corpus takes for the vendor's own.
    fn pinned(input: &str) -> Result<Uri, UrlError> {
        let uri = parse(input, For::TokenEndpoint)?;
        if host_allowed(uri.host().unwrap(), &["*.example.com", "h"]) { Ok(uri) } else { Err(UrlError::HostNotAllowed) }
    }

    #[test]
    fn every_corpus_row_gets_its_reason() {
        for (id, bytes, expect) in rows() {
            let input = String::from_utf8(bytes).unwrap();
            let outcome = match pinned(&input) {
                Ok(_) => "ok".to_owned(),
                Err(reason) => format!("err:{reason:?}"),
            };
            // What follows the reason is a remark.
            let reason = expect.split([' ', '/']).next().unwrap();
            let reason = if reason.starts_with("ok") { "ok" } else { reason };
            assert_eq!(outcome, reason, "{id}");
        }
    }

    #[test]
    fn a_base_url_may_be_plain_http_but_has_no_query() {
        let check = |input, expect: Result<&str, UrlError>| {
            let uri = parse(input, For::BaseUrl).map(|uri| uri.to_string());
            assert_eq!(uri, expect.map(str::to_owned), "{input}");
        };
        check("http://sidecar:8080/v1", Ok("http://sidecar:8080/v1"));
        check("https://h/v1/", Ok("https://h/v1/"));
        check("https://h/t?tenant=a", Err(UrlError::Query));
        check("https://h?", Err(UrlError::Query));
        check("http://u@h/", Err(UrlError::UserInfo));
        check("ftp://h/", Err(UrlError::Scheme));
    }

    #[test]
    fn what_passes_comes_back_in_one_form() {
        for (input, expect) in [
            ("HTTPS://IAM.Example.COM/Token", "https://iam.example.com/Token"),
            ("https://h", "https://h/"),
            ("https://h:0443/t", "https://h:443/t"),
            ("https://h?a=b", "https://h/?a=b"),
            ("https://h/t?a=../b", "https://h/t?a=../b"),
            ("https://h/a@b:c", "https://h/a@b:c"),
            ("https://h/.well-known/a..b/%41", "https://h/.well-known/a..b/%41"),
            ("https://[0:0:0:0:0:0:0:1]:8443/t", "https://[::1]:8443/t"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("https://a_b-c.example.com./", "https://a_b-c.example.com./"),
        ] {
            let uri = parse(input, For::TokenEndpoint).map(|uri| uri.to_string());
            assert_eq!(uri.as_deref(), Ok(expect), "{input}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        use UrlError::*;
        for (input, expect) in [
            ("", Parse),
            ("h/t", Parse),
            ("https", Parse),
            ("https:", Parse),
            ("https:h/t", Parse),
            ("https:/h/t", Parse),
            ("https:///t", Parse),
            ("https://?a", Parse),
            ("https://:443/t", Parse),
            ("https://::1/t", Parse),
            ("https://[::1/t", Parse),
            ("https://[::1]x/t", Parse),
            ("https://[127.0.0.1]/t", Parse),
            ("https://h:443:1/t", Parse),
            ("https://h:+443/t", Parse),
            ("1https://h/t", Parse),
            ("<https://h/t>", Parse),
            ("https://h/{tenant}", Parse),
            ("https://h/t\u{f6}k", Parse),
            ("https://h/%zz", Parse),
            ("https://h/%4", Parse),
            ("https://h/?a=%", Parse),
            ("localhost:8080/t", Scheme),
            ("ftp://h/t", Scheme),
            ("data:text/plain,a", Scheme),
            ("http://h/t", InsecureScheme),
            ("http://localhost@evil.com/", InsecureScheme),
            ("http://127.0.0.1.evil.com/t", InsecureScheme),
            ("http://0177.0.0.1/t", InsecureScheme),
            ("http://2130706433/t", InsecureScheme),
            ("http://[::ffff:127.0.0.1]/t", InsecureScheme),
            ("http://[::]/t", InsecureScheme),
            ("http://loc%61lhost/t", InsecureScheme),
            ("https://u@h/t", UserInfo),
            ("https://@h/t", UserInfo),
            ("https://a@b:c@h/t", UserInfo),
            ("http://evil.com@localhost/t", UserInfo),
            ("https://h#@evil.com/", Fragment),
            ("https://h/t#", Fragment),
            ("https://h/t ", Whitespace),
            ("https://h/a b", Whitespace),
            ("https://h\u{a0}/t", Whitespace),
            ("https://h\\@evil.com/", Backslash),
            ("https://h/a\\b", Backslash),
            ("https://h:/t", Port),
            ("https://h:65536/t", Port),
            ("https://h/.", Path),
            ("https://h/a/..", Path),
            ("https://h/%2E%2e/t", Path),
            ("https://h/a/.%2e?b", Path),
            ("https://h/..%2ft", Path),
            ("https://h/a%5c..%5ct", Path),
            ("https://${HOST}/t", HostNotAllowed),
            ("https://h..example.com/t", HostNotAllowed),
            ("https://.example.com/t", HostNotAllowed),
            ("https://./t", HostNotAllowed),
            ("https://0x7f000001/t", HostNotAllowed),
            ("https://2130706433/t", HostNotAllowed),
            ("https://127.1/t", HostNotAllowed),
            ("https://127.0.0.1./t", HostNotAllowed),
            ("https://\u{456}am.example.com/t", HostNotAllowed),
            ("https://iam.example.com\u{3002}evil.com/t", HostNotAllowed),
            ("https://a*b.example.com/t", HostNotAllowed),
        ] {
            assert_eq!(parse(input, For::TokenEndpoint), Err(expect), "{input}");
            assert!(expect.to_string().len() < 200, "{expect}");
        }
        let long = format!("https://h/{}", "a".repeat(MAX_URL_BYTES));
        assert_eq!(parse(&long, For::TokenEndpoint), Err(Parse));
    }

    #[test]
    fn loopback_is_127_8_or_1_or_localhost_and_nothing_like_them() {
        for host in ["127.0.0.1", "127.255.255.254", "::1", "[::1]", "localhost", "LocalHost"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "localhost.",
            "127.1",
            "0177.0.0.1",
            "127.0.0.01",
            "127.0.0.1.",
            "0.0.0.0",
            "[::]",
            "128.0.0.1",
            "[::ffff:127.0.0.1]",
            "[localhost]",
            "[127.0.0.1]",
            "a.localhost",
            "::1%lo",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_pin_covers_subdomains_at_any_depth_and_not_the_domain_itself() {
        let pins = ["*.Example.com", "api.vendor.net", "*evil.com", "*"];
        for host in ["a.example.com", "a.b.EXAMPLE.com", "api.vendor.net", "127.0.0.1", "[::1]"] {
            assert!(host_allowed(host, &pins), "{host}");
        }
        for host in [
            "example.com",
            ".example.com",
            "evilexample.com",
            "a.example.com.evil.com",
            "evil.com",
            "a.example.com.",
            "x.api.vendor.net",
            "vendor.net",
            "notevil.com",
            "localhost.",
            "",
        ] {
            assert!(!host_allowed(host, &pins), "{host}");
        }
        assert!(!host_allowed("a.example.com", &[]));
    }

    #[test]
    fn no_input_makes_it_panic_and_what_passes_is_stable() {
        let probe = |input: &str| {
            for purpose in [For::TokenEndpoint, For::BaseUrl] {
                if let Ok(uri) = parse(input, purpose) {
                    assert_eq!(parse(&uri.to_string(), purpose), Ok(uri), "{input}");
                }
            }
        };
        for first in '\0'..='\u{ff}' {
            probe(&first.to_string());
            for second in '\0'..='\u{ff}' {
                probe(&String::from_iter([first, second]));
                probe(&format!("https://{first}{second}/t"));
            }
        }
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        for (_, bytes, _) in rows() {
            let input: Vec<char> = String::from_utf8(bytes).unwrap().chars().collect();
            for _ in 0..1000 {
                let mut input = input.clone();
                for _ in 0..3 {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    let at = (random >> 16) as usize % (input.len() + 1);
                    let special = ['/', ':', '@', '[', ']', '%', '.', '?', '#', '\u{ff0f}', '0', 'a'];
                    match random % 4 {
                        0 => input.insert(at, char::from((random >> 8) as u8)),
                        1 => input.insert(at, special[(random >> 8) as usize % special.len()]),
                        2 => input.truncate(at),
                        _ => input.extend_from_within(at..),
                    }
                }
                probe(&String::from_iter(input));
            }
        }
    }
}
