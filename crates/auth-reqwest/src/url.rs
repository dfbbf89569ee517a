//! reqwest's URLs as targets.

use auth_core::adapter::Target;
use reqwest::{Request, Response, Url};

/// The URL of a response that no server of reqwest's gave: one that was made from an `http::Response`, by a cache or a test.
const NO_URL: &str = "http://no.url.provided.local/";

/// Where a request goes. reqwest makes the URI that it sends from the same text.
pub(crate) fn target(url: &Url) -> Target<'_> {
    Target::new(url.scheme(), url.authority())
}

/// Who answered: reqwest follows redirects below any middleware. `None` if the response does not say.
pub(crate) fn answered_by(response: &Response) -> Option<Target<'_>> {
    let url = response.url();
    (url.as_str() != NO_URL).then(|| target(url))
}

/// Whether reqwest followed a redirect on the way to this response. One that led back to the very same URL can't be seen.
pub(crate) fn was_redirected(request: &Request, response: &Response) -> bool {
    response.url() != request.url() && response.url().as_str() != NO_URL
}
