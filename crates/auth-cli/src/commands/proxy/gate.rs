//! Who may come in: no other host's requests, no web page's, nobody without the secret.

use std::net::{IpAddr, SocketAddr};

use http::header::{AsHeaderName, HOST, ORIGIN, REFERER};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, Uri, Version};

use super::refusal::Refusal;
use super::secret::CallersSecret;

/// Says what a browser's page has to do with the request; no script can change it (Fetch Metadata).
const FETCH_SITE: &str = "sec-fetch-site";

/// The rules.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) secret: Option<CallersSecret>,
    /// In lower case, with or without a port.
    pub(super) hosts: Vec<String>,
    pub(super) origins: Vec<String>,
}

/// What is known of a request that may come in.
#[derive(Debug)]
pub(super) struct Admitted {
    /// Path and query, without the secret.
    pub(super) target: String,
    /// What stands in front of the paths that this caller knows.
    pub(super) prefix: String,
}

impl Gate {
    /// Looks at a request that came by the port `local`, and takes the secret off it.
    pub(super) fn admit(&self, parts: &mut Parts, local: SocketAddr) -> Result<Admitted, Refusal> {
        if matches!(parts.method, Method::CONNECT | Method::TRACE) {
            return Err(Refusal::method());
        }
        self.check_host(parts, local)?;
        self.check_page(&parts.headers, local)?;
        let target = path_and_query(&parts.uri)?;
        let Some(secret) = &self.secret else {
            return Ok(Admitted { target: target.to_owned(), prefix: String::new() });
        };
        let in_headers = secret.take_from(&mut parts.headers);
        let admitted = match secret.after(target) {
            Some(rest) => {
                let slash = if rest.starts_with('/') { "" } else { "/" };
                Admitted { target: format!("{slash}{rest}"), prefix: secret.prefix() }
            }
            None if in_headers => Admitted { target: target.to_owned(), prefix: String::new() },
            None => return Err(Refusal::secret(secret.place())),
        };
        if secret.stands_in(admitted.target.as_bytes()) {
            return Err(Refusal::target("the secret stands in the URL, where it would reach the upstream"));
        }
        // A `Referer` repeats the path of the page; whatever else repeats it goes no further either.
        drop_values(&mut parts.headers, |value| secret.stands_in(value));
        Ok(admitted)
    }

    /// A name that somebody else's DNS server resolves to this machine is not ours (DNS rebinding), and a proxy for all
    /// hosts this is not. Whoever says both, the URL and `Host`, has to be right twice.
    fn check_host(&self, parts: &Parts, local: SocketAddr) -> Result<(), Refusal> {
        let mut said = parts.headers.get_all(HOST).iter();
        let header = said.next();
        if said.next().is_some() || (header.is_none() && parts.uri.authority().is_none()) {
            return Err(Refusal::host());
        }
        let header: Option<Result<Authority, _>> = header.map(|value| Authority::try_from(value.as_bytes()));
        let header = header.transpose().map_err(|_| Refusal::host())?;
        let plain = parts.uri.scheme_str().is_none_or(|scheme| scheme == "http" || parts.version == Version::HTTP_2);
        let ours = |authority: &Authority| self.is_ours(authority, local);
        let right = plain && header.as_ref().is_none_or(ours) && parts.uri.authority().is_none_or(ours);
        if right { Ok(()) } else { Err(Refusal::host()) }
    }

    fn is_ours(&self, authority: &Authority, local: SocketAddr) -> bool {
        if authority.as_str().contains('@') {
            return false;
        }
        let host = authority.host();
        // `Host` without a port is for the scheme's own.
        let port = authority.port_u16().unwrap_or(80);
        let names_us =
            host.eq_ignore_ascii_case("localhost") || ip(host).is_some_and(|ip| ip.is_loopback() || ip == local.ip());
        if names_us && port == local.port() && !authority.as_str().ends_with(':') {
            return true;
        }
        let allowed = |name: &String| name.eq_ignore_ascii_case(host) || name.eq_ignore_ascii_case(authority.as_str());
        self.hosts.iter().any(allowed)
    }

    /// A page that somebody has open in a browser must not use the credential behind their back, not by a request that
    /// needs no script either.
    fn check_page(&self, headers: &HeaderMap, local: SocketAddr) -> Result<(), Refusal> {
        let (origin, site) = (once(headers, ORIGIN)?, once(headers, FETCH_SITE)?);
        let is_own_site = site.is_none_or(|site| matches!(site, b"none" | b"same-origin"));
        let right = match (origin, once(headers, REFERER)?) {
            (Some(origin), _) => self.is_allowed(origin) || (is_own_site && self.is_own(origin, local)),
            // A browser that says no more than this. With a secret, the secret is what it does not know.
            (None, Some(referer)) if site.is_none() && self.secret.is_none() => {
                let origin = origin_of(referer).unwrap_or_default();
                self.is_allowed(&origin) || self.is_own(&origin, local)
            }
            (None, _) => is_own_site,
        };
        if right { Ok(()) } else { Err(Refusal::origin()) }
    }

    fn is_allowed(&self, origin: &[u8]) -> bool {
        self.origins.iter().any(|allowed| allowed.as_bytes().eq_ignore_ascii_case(origin))
    }

    /// Pages come from the very address that they call. Another of this machine's may be another program's.
    fn is_own(&self, origin: &[u8], local: SocketAddr) -> bool {
        let authority = origin.strip_prefix(b"http://").and_then(|rest| Authority::try_from(rest).ok());
        let Some(authority) = authority else { return false };
        let (host, port) = (authority.host(), authority.port_u16().unwrap_or(80));
        let names_us = || host.eq_ignore_ascii_case("localhost") || ip(host) == Some(local.ip());
        let is_allowed = |name: &String| {
            let here = port == local.port() && name.eq_ignore_ascii_case(host);
            here || (name.contains(':') && name.eq_ignore_ascii_case(authority.as_str()))
        };
        (port == local.port() && names_us()) || self.hosts.iter().any(is_allowed)
    }
}

fn ip(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// A header's value. Said twice, one of them would be believed here, and the other elsewhere.
fn once(headers: &HeaderMap, name: impl AsHeaderName) -> Result<Option<&[u8]>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().map(HeaderValue::as_bytes);
    if values.next().is_some() { Err(Refusal::origin()) } else { Ok(first) }
}

fn origin_of(url: &[u8]) -> Option<Vec<u8>> {
    let uri = Uri::try_from(url).ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?).into_bytes())
}

fn path_and_query(uri: &Uri) -> Result<&str, Refusal> {
    match uri.path_and_query().map(|target| target.as_str()) {
        Some(target) if target.starts_with('/') => Ok(target),
        _ => Err(Refusal::target("the request's target is no path")),
    }
}

fn drop_values(headers: &mut HeaderMap, unwanted: impl Fn(&[u8]) -> bool) {
    if headers.values().any(|value| unwanted(value.as_bytes())) {
        let names: Vec<_> =
            headers.iter().filter(|(_, value)| unwanted(value.as_bytes())).map(|(name, _)| name.clone()).collect();
        names.into_iter().for_each(|name| drop(headers.remove(name)));
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn gate() -> Gate {
        Gate {
            secret: None,
            hosts: vec!["proxy.internal".into(), "other.internal:8080".into()],
            origins: vec!["https://app.example".into()],
        }
    }

    fn admits(uri: &str, headers: &[(&str, &str)]) -> Result<String, &'static str> {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let local = "127.0.0.1:4000".parse().unwrap();
        gate().admit(&mut parts, local).map(|admitted| admitted.target).map_err(|refusal| refusal.code)
    }

    #[test]
    fn only_names_that_are_ours_are_answered() {
        for host in [
            "127.0.0.1:4000",
            "localhost:4000",
            "LOCALHOST:4000",
            "[::1]:4000",
            "127.9.9.9:4000",
            "proxy.internal",
            "proxy.internal:99",
            "other.internal:8080",
        ] {
            assert_eq!(admits("/a", &[("host", host)]).as_deref(), Ok("/a"), "{host}");
        }
        for host in [
            "rebound.example:4000",
            "127.0.0.1",
            "127.0.0.1:4001",
            "localhost",
            "10.0.0.1:4000",
            "other.internal:1",
            "u@127.0.0.1:4000",
            "127.0.0.1:4000:",
            "",
        ] {
            assert_eq!(admits("/a", &[("host", host)]), Err("host_not_allowed"), "{host}");
        }
        assert_eq!(admits("/a", &[]), Err("host_not_allowed"));
        assert_eq!(admits("/a", &[("host", "127.0.0.1:4000"), ("host", "127.0.0.1:4000")]), Err("host_not_allowed"));
    }

    #[test]
    fn a_whole_url_for_another_host_is_refused_whatever_the_host_header_says() {
        let host = ("host", "127.0.0.1:4000");
        assert_eq!(admits("http://127.0.0.1:4000/a?b", &[host]).as_deref(), Ok("/a?b"));
        assert_eq!(admits("http://api.example/a", &[host]), Err("host_not_allowed"));
        assert_eq!(admits("https://127.0.0.1:4000/a", &[host]), Err("host_not_allowed"));
        assert_eq!(admits("http://127.0.0.1:4000/a", &[("host", "api.example")]), Err("host_not_allowed"));
    }

    #[test]
    fn web_pages_are_refused_but_for_those_that_are_named() {
        let page = |name, value| admits("/a", &[("host", "127.0.0.1:4000"), (name, value)]).is_ok();
        assert!(page("origin", "https://app.example") && page("origin", "http://localhost:4000"));
        assert!(
            !page("origin", "https://evil.example")
                && !page("origin", "null")
                && !page("origin", "http://localhost:5000")
        );
        assert!(page("sec-fetch-site", "none") && page("sec-fetch-site", "same-origin"));
        assert!(!page("sec-fetch-site", "cross-site") && !page("sec-fetch-site", "same-site"));
    }

    #[test]
    fn what_a_page_says_of_itself_must_be_said_once_and_agree() {
        let page = |said: &[(&str, &str)]| {
            let host = [("host", "127.0.0.1:4000")];
            admits("/a", &host.into_iter().chain(said.iter().copied()).collect::<Vec<_>>()).is_ok()
        };
        let (own, app) = (("origin", "http://127.0.0.1:4000"), ("origin", "https://app.example"));
        assert!(page(&[own]) && page(&[app]) && page(&[own, ("sec-fetch-site", "same-origin")]));
        assert!(page(&[app, ("sec-fetch-site", "cross-site")]), "that is what is allowed");
        assert!(!page(&[own, ("origin", "https://evil.example")]) && !page(&[app, app]));
        assert!(!page(&[own, ("sec-fetch-site", "cross-site")]), "its own would be same-origin");
        assert!(!page(&[("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")]));
        for (host, is_own) in [
            ("http://localhost:4000", true),
            ("http://proxy.internal", false),
            ("http://proxy.internal:4000", true),
            ("http://proxy.internal:99", false),
            ("http://other.internal:8080", true),
            ("http://127.9.9.9:4000", false),
            ("http://[::1]:4000", false),
        ] {
            assert_eq!(page(&[("origin", host)]), is_own, "{host}");
        }
        assert!(!page(&[("referer", "https://evil.example/page")]), "a browser without Sec-Fetch-Site");
        assert!(page(&[("referer", "http://localhost:4000/page")]) && page(&[("referer", "https://app.example/page")]));
        assert!(page(&[("referer", "https://evil.example/page"), ("sec-fetch-site", "none")]));
    }
}
