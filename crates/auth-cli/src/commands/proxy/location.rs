//! Redirects: those that stay at the upstream lead back through the proxy, all others to where they say, without the
//! credential.

use auth_core::Endpoint;
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, Uri};

/// Rewrites `Location` for a caller whose paths begin with `prefix`.
pub(super) fn rewrite(headers: &mut HeaderMap, endpoint: &Endpoint, prefix: &str) {
    let rewritten =
        headers.get(LOCATION).and_then(|value| value.to_str().ok()).and_then(|to| of_caller(to, endpoint, prefix));
    if let Some(value) = rewritten.and_then(|to| HeaderValue::from_str(&to).ok()) {
        headers.insert(LOCATION, value);
    }
}

/// `None`: it is right as it is.
fn of_caller(to: &str, endpoint: &Endpoint, prefix: &str) -> Option<String> {
    let base = endpoint.to_string();
    let (scheme, rest) = base.split_once("://")?;
    let (host, base_path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let path = if to.starts_with("//") {
        format!("{scheme}:{to}")
    } else if to.starts_with('/') {
        format!("{scheme}://{host}{to}")
    } else {
        to.to_owned()
    };
    let (before_fragment, fragment) = path.find('#').map_or((path.as_str(), ""), |hash| path.split_at(hash));
    let uri: Uri = before_fragment.parse().ok()?;
    uri.scheme()?;
    if !endpoint.is_origin_of(&uri) {
        // Relative to the proxy, `//host` would be read with the proxy's own scheme.
        return to.starts_with("//").then_some(path);
    }
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    match target.strip_prefix(base_path).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?'])) {
        Some(below) => {
            let slash = if below.starts_with('/') { "" } else { "/" };
            let back = format!("{prefix}{slash}{below}{fragment}");
            // What begins so is read as another host, and who chose the path would have chosen the host.
            Some(if back.starts_with("//") || back.starts_with("/\\") { path } else { back })
        }
        // At the upstream, but not below its base URL, so not to be had by this proxy.
        None => Some(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(base: &str, to: &str) -> String {
        below("/secret", base, to)
    }

    fn below(prefix: &str, base: &str, to: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, to.parse().unwrap());
        rewrite(&mut headers, &Endpoint::parse(base).unwrap(), prefix);
        headers[LOCATION].to_str().unwrap().to_owned()
    }

    #[test]
    fn the_upstreams_own_lead_back_through_the_proxy() {
        for (base, to, back) in [
            ("https://api.example", "https://api.example/a?b#c", "/secret/a?b#c"),
            ("https://api.example", "https://API.example:443/a", "/secret/a"),
            ("https://api.example", "https://api.example", "/secret/"),
            ("https://api.example", "/a", "/secret/a"),
            ("https://api.example", "//api.example/a", "/secret/a"),
            ("https://api.example/v1", "/v1/a", "/secret/a"),
            ("https://api.example/v1", "https://api.example/v1?a", "/secret/?a"),
        ] {
            assert_eq!(rewritten(base, to), back, "{to}");
        }
    }

    #[test]
    fn others_are_not_touched_and_never_become_the_proxys() {
        for (base, to, same) in [
            ("https://api.example", "https://other.example/a", "https://other.example/a"),
            ("https://api.example", "http://api.example/a", "http://api.example/a"),
            ("https://api.example", "https://api.example:8443/a", "https://api.example:8443/a"),
            ("https://api.example", "a/b", "a/b"),
            ("https://api.example", "?page=2", "?page=2"),
            ("https://api.example", "//other.example/a", "https://other.example/a"),
            ("https://api.example/v1", "/v10/a", "https://api.example/v10/a"),
            ("https://api.example/v1", "/login#x", "https://api.example/login#x"),
        ] {
            assert_eq!(rewritten(base, to), same, "{to}");
        }
    }

    #[test]
    fn a_path_that_begins_like_a_host_does_not_become_one() {
        let (root, base) = ("https://api.example", "https://api.example/v1");
        for (endpoint, to, whole) in [
            (base, "/v1//evil.example/x", "https://api.example/v1//evil.example/x"),
            (base, "/v1/\\evil.example/x", "https://api.example/v1/\\evil.example/x"),
            (base, "https://api.example/v1//evil.example/x#y", "https://api.example/v1//evil.example/x#y"),
            (base, "//api.example/v1//evil.example", "https://api.example/v1//evil.example"),
            (root, "https://api.example//evil.example/x", "https://api.example//evil.example/x"),
            (root, "https://api.example/\\evil.example/x", "https://api.example/\\evil.example/x"),
            (root, "/\\evil.example/x", "https://api.example/\\evil.example/x"),
            (root, "https://api.example///evil.example", "https://api.example///evil.example"),
        ] {
            assert_eq!(below("", endpoint, to), whole, "{to}");
        }
        // Behind a segment it is a path.
        assert_eq!(rewritten(base, "/v1//evil.example/x"), "/secret//evil.example/x");
    }
}
