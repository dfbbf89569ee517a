//! reqwest clients with safe defaults, to be configured further.

use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, ClientBuilder, Url};

/// Time to reach a server: half of one attempt to fetch a token (10 s), so that there is time left for an answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Time for a token request as a whole. An attempt ends after 10 s anyway, unless a source asked for more.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(60);

/// As many as browsers and curl are patient with, roughly; reqwest's own default.
const MAX_REDIRECTS: usize = 10;

/// A builder for a client that fetches tokens: follows no redirect, sends no `Referer`, connects within 5 s, and takes no
/// longer than 60 s. A token request carries a credential in its body; wherever a redirect points, that must not go.
///
/// Proxies and certificates are added as with any builder. The longest answer is [`ReqwestTransport`](crate::ReqwestTransport)'s
/// business.
pub fn token_client() -> ClientBuilder {
    Client::builder().redirect(Policy::none()).referer(false).connect_timeout(CONNECT_TIMEOUT).timeout(TOKEN_TIMEOUT)
}

/// A builder for a client that sends authenticated requests: it stops at a redirect to another origin, and returns that
/// response ([`same_origin_redirects`]), sends no `Referer`, and connects within 5 s.
///
/// There is no limit on a request as a whole, since downloads and event streams take as long as they take: set
/// `.timeout(..)` or `.read_timeout(..)`. Each sending of a request has its own.
pub fn api_client() -> ClientBuilder {
    Client::builder().redirect(same_origin_redirects()).referer(false).connect_timeout(CONNECT_TIMEOUT)
}

/// Follows up to 10 redirects within the request's own origin (scheme, host, port), and hands the caller the response that
/// points to another.
///
/// reqwest follows redirects below any middleware, and carries every header but five (`authorization`, `cookie` and their
/// like) to wherever they point: an API key in `x-api-key` goes to strangers, and `authorization` goes from https to plain
/// http on the same host if the ports agree.
pub fn same_origin_redirects() -> Policy {
    Policy::custom(|attempt: Attempt<'_>| {
        let stays = attempt.previous().last().is_some_and(|from| is_same_origin(from, attempt.url()));
        if !stays {
            attempt.stop()
        } else if attempt.previous().len() > MAX_REDIRECTS {
            attempt.error("too many redirects")
        } else {
            attempt.follow()
        }
    })
}

fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}
