//! A request's URI and headers at the same time.

use std::mem;

use http::{HeaderMap, Request, Uri};

/// Lends a request's URI and its headers at the same time, without cloning either.
pub(crate) fn with_headers<B, T>(request: &mut Request<B>, change: impl FnOnce(&Uri, &mut HeaderMap) -> T) -> T {
    let mut headers = mem::take(request.headers_mut());
    let result = change(request.uri(), &mut headers);
    *request.headers_mut() = headers;
    result
}
