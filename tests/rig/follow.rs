//! Following redirects in this process.
//!
//! reqwest follows them inside its client, which tests in the process leave out. This is how it does that, as far as
//! credentials are concerned: to another origin it drops the few headers that it knows.

use bytes::Bytes;
use http::{HeaderMap, Response, header};
use reqwest::Url;

use super::Redirects;

/// Where a response sends the request, if the redirect is to be followed there.
pub(super) fn next(redirects: Redirects, from: &Url, response: &Response<Bytes>) -> Option<Url> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let to = from.join(location).ok()?;
    match redirects {
        Redirects::Returned | Redirects::Outside => None,
        Redirects::BelowWithinOrigin => (to.origin() == from.origin()).then_some(to),
        Redirects::Below => Some(to),
    }
}

/// Drops what reqwest knows to be secret.
pub(super) fn drop_known(headers: &mut HeaderMap, from: &Url, to: &Url) {
    if from.origin() != to.origin() {
        headers.remove(header::AUTHORIZATION);
        headers.remove(header::COOKIE);
        headers.remove(header::PROXY_AUTHORIZATION);
    }
}
