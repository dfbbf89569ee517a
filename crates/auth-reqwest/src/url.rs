//! reqwest's URLs as the URIs that it will put on the wire.

use auth_core::Error;
use http::Uri;
use reqwest::{Request, Response, Url};

/// The URL of a response that no server of reqwest's gave: one that was made from an `http::Response`, by a cache or a test.
const NO_URL: &str = "http://no.url.provided.local/";

/// What reqwest itself makes of a URL when it sends a request, so that the origin that is checked is the one it goes to.
pub(crate) fn uri(url: &Url) -> Result<Uri, Error> {
    url.as_str().parse().map_err(|_| Error::misconfigured("the request's URL is none that HTTP can express"))
}

/// Who answered, if it was not the request's own origin: reqwest follows redirects below any middleware.
pub(crate) fn answered_by(response: &Response, asked: &Uri) -> Result<Option<Uri>, Error> {
    let url = response.url();
    let same =
        asked.scheme_str() == Some(url.scheme()) && asked.authority().is_some_and(|is| is.as_str() == url.authority());
    if same || url.as_str() == NO_URL { Ok(None) } else { uri(url).map(Some) }
}

/// Whether reqwest followed a redirect on the way to this response. One that led back to the very same URL can't be seen.
pub(crate) fn was_redirected(request: &Request, response: &Response) -> bool {
    response.url() != request.url() && response.url().as_str() != NO_URL
}
