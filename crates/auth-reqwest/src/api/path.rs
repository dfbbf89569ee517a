//! Paths of pieces that come from elsewhere.

use std::fmt::Write as _;

use super::ApiError;

/// A path of these segments, each percent-encoded (RFC 3986 section 3.3), so that an id with a slash, a question mark or a
/// blank in it stays one segment.
///
/// ```
/// # fn main() -> Result<(), auth_reqwest::ApiError> {
/// assert_eq!(auth_reqwest::path(["v1", "vaults", "a/b c?"])?, "/v1/vaults/a%2Fb%20c%3F");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Config`](super::ApiErrorKind::Config) if one of them is empty, `.` or `..`, which would name another path.
pub fn path<I>(segments: I) -> Result<String, ApiError>
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let mut path = String::new();
    for segment in segments {
        let segment = segment.as_ref();
        if matches!(segment, "" | "." | "..") {
            return Err(ApiError::config(
                "a segment of the path is empty or made of dots: give the id that belongs there",
            ));
        }
        path.push('/');
        for byte in segment.bytes() {
            // Those that never need encoding, and the two that urns and vendors' verbs are written with.
            if byte.is_ascii_alphanumeric() || b"-._~:@".contains(&byte) {
                path.push(char::from(byte));
            } else {
                let _ = write!(path, "%{byte:02X}");
            }
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_never_becomes_two_or_none() {
        for (segments, expect) in [
            (["a", "b"], Some("/a/b")),
            (["a", "../b"], Some("/a/..%2Fb")),
            (["a", "%2e%2e"], Some("/a/%252e%252e")),
            (["urn:ivcap:service:1", "ü#?\\"], Some("/urn:ivcap:service:1/%C3%BC%23%3F%5C")),
            (["a", ".."], None),
            (["a", "."], None),
            (["a", ""], None),
        ] {
            assert_eq!(path(segments).ok().as_deref(), expect, "{segments:?}");
        }
    }
}
