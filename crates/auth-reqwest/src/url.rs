//! reqwest's URLs as targets.

use auth_core::adapter::{Head, Target};
use http::HeaderMap;
use reqwest::{Request, Response, Url};

/// The URL of a response that no server of reqwest's gave: one that was made from an `http::Response`, by a cache or a test.
const NO_URL: &str = "http://no.url.provided.local/";

/// A request as a hit sees it.
pub(crate) struct Hit<'a>(pub(crate) &'a mut Request);

impl Head for Hit<'_> {
    #[inline]
    fn target(&self) -> Target<'_> {
        target(self.0.url())
    }

    #[inline]
    fn headers_mut(&mut self) -> &mut HeaderMap {
        self.0.headers_mut()
    }
}

/// Where a request goes. reqwest makes the URI that it sends from the same text.
pub(crate) fn target(url: &Url) -> Target<'_> {
    Target::new(url.scheme(), url.authority())
}

/// Who answered: reqwest follows redirects below any middleware. `None` if the response does not say.
pub(crate) fn answered_by(response: &Response) -> Option<Target<'_>> {
    has_url(response).then(|| target(response.url()))
}

/// Whether reqwest followed a redirect on the way to this response. One that led back to the very same URL can't be seen.
pub(crate) fn was_redirected(request: &Request, response: &Response) -> bool {
    response.url() != request.url() && has_url(response)
}

/// A server's response has an address beside the URL, so no server can pass for none by its name.
fn has_url(response: &Response) -> bool {
    response.url().as_str() != NO_URL || response.remote_addr().is_some()
}
