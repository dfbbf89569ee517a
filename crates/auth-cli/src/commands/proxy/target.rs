//! Where a request goes: below the upstream's base URL, and nowhere else.

use auth_core::Endpoint;
use http::Uri;

use super::refusal::Refusal;

/// How often a path may be encoded. Nobody who means well does it more than twice.
const DECODINGS: usize = 4;

/// The upstream's URI of a caller's path and query.
pub(super) fn upstream_uri(endpoint: &Endpoint, target: &str) -> Result<Uri, Refusal> {
    let refusal = || {
        Refusal::target("the path has `.` or `..` segments, in some reading, or characters that can't stand in a URL")
    };
    let path = target.split('?').next().unwrap_or_default();
    if may_lead_away(path) {
        return Err(refusal());
    }
    endpoint.join(target).map_err(|_| refusal())
}

/// Whether some server reads a dot segment there: one that decodes twice, cuts segments at their parameters or at a NUL, trims
/// them, or takes longer forms of UTF-8 than the shortest.
fn may_lead_away(path: &str) -> bool {
    let mut path = path.as_bytes().to_vec();
    for _ in 0..DECODINGS {
        if path.contains(&0) || has_overlong(&path) || path.split(|byte| b"/\\".contains(byte)).any(is_dots) {
            return true;
        }
        let decoded = decoded(&path);
        if decoded == path {
            return false;
        }
        path = decoded;
    }
    true
}

fn is_dots(segment: &[u8]) -> bool {
    let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
    matches!(name.trim_ascii(), b"." | b"..")
}

/// ASCII and the like in more bytes than it has.
fn has_overlong(path: &[u8]) -> bool {
    path.windows(2).any(|pair| matches!(pair, [0xC0 | 0xC1, 0x80..=0xBF] | [0xE0, 0x80..=0x9F] | [0xF0, 0x80..=0x8F]))
}

/// What is no code stays.
fn decoded(path: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut rest = path;
    let mut decoded = Vec::with_capacity(path.len());
    while let Some((first, after)) = rest.split_first() {
        let code = match rest {
            [b'%', high, low, ..] => digit(*high).zip(digit(*low)),
            _ => None,
        };
        let (byte, after) = match code {
            Some((high, low)) => (high << 4 | low, &after[2..]),
            None => (*first, after),
        };
        decoded.push(byte);
        rest = after;
    }
    decoded
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
        assert_eq!(
            joined("/a/...;x/.b/c..?..;/..%2f"),
            Ok("https://api.example/v1/a/...;x/.b/c..?..;/..%2f".to_owned())
        );
        for read_otherwise in [
            "/%252e%252e/admin",
            "/%25252e%25252e/admin",
            "/a%252f..%252fadmin",
            "/..;/admin",
            "/..;x=y/admin",
            "/%2e%2e%3b/admin",
            "/.;/admin",
            "/..%00/admin",
            "/a%00b",
            "/..%20/admin",
            "/..%09/admin",
            "/%c0%ae%c0%ae/admin",
            "/%C0%AE./admin",
            "/a%c0%af..%c0%afadmin",
            "/%e0%80%ae%e0%80%ae/admin",
            "/%25c0%25ae/admin",
            "/%5c..%5cadmin",
        ] {
            assert_eq!(joined(read_otherwise), Err("bad_target"), "{read_otherwise}");
        }
        for fine in ["/a%20b", "/100%25", "/%zz", "/caf%c3%a9", "/a%2Fb", "/%ff", "/a;b=c"] {
            assert!(joined(fine).is_ok(), "{fine}");
        }
    }
}
