//! Where a request goes: below the upstream's base URL, and nowhere else.

use auth_core::Endpoint;
use http::Uri;

use super::refusal::Refusal;

/// The upstream's URI of a caller's path and query.
pub(super) fn upstream_uri(endpoint: &Endpoint, target: &str) -> Result<Uri, Refusal> {
    endpoint
        .join(target)
        .map_err(|_| Refusal::target("the path has `.` or `..` segments, or characters that can't stand in a URL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_base_url() {
        let base = Endpoint::parse("https://api.example/v1").unwrap();
        let joined = |target| upstream_uri(&base, target).map(|uri| uri.to_string()).map_err(|refusal| refusal.code);
        assert_eq!(joined("/items?a=../b"), Ok("https://api.example/v1/items?a=../b".to_owned()));
        assert_eq!(joined("//evil.example/items"), Ok("https://api.example/v1//evil.example/items".to_owned()));
        for outside in ["/../admin", "/a/../../admin", "/%2e%2e/admin", "/..%2fadmin", "/.%2E/admin", "/..\\admin"] {
            assert_eq!(joined(outside), Err("bad_target"), "{outside}");
        }
    }
}
