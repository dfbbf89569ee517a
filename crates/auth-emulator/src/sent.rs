//! What a request says about who sends it.

use http::{HeaderMap, HeaderName, header};

pub(crate) enum Sent<'a> {
    Token(&'a str),
    /// No token: the challenge must not carry an error then (RFC 6750, section 3.1).
    Nothing,
    /// More than one, or one that isn't text: a client must not send a token in two ways (RFC 6750, section 2).
    Unclear,
}

/// The token of `Authorization: Bearer`, or the bare one of another header.
pub(crate) fn token<'a>(headers: &'a HeaderMap, bare: Option<&HeaderName>) -> Sent<'a> {
    let authorization = headers.get_all(header::AUTHORIZATION).iter().map(|value| (value, true));
    let bare = bare.into_iter().flat_map(|name| headers.get_all(name)).map(|value| (value, false));
    let mut values = authorization.chain(bare);
    let Some((value, has_scheme)) = values.next() else { return Sent::Nothing };
    if values.next().is_some() {
        return Sent::Unclear;
    }
    let Ok(value) = value.to_str() else { return Sent::Unclear };
    if !has_scheme {
        return Sent::Token(value);
    }
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Sent::Token(token),
        _ => Sent::Nothing,
    }
}

/// The one token of `Authorization: Bearer`, for APIs that say the same to none and to several.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    match token(headers, None) {
        Sent::Token(token) if !token.is_empty() => Some(token),
        _ => None,
    }
}
