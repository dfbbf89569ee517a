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

/// A builder for a client that fetches tokens: follows no redirect, sends no `Referer`, connects within 5 s, takes no longer
/// than 60 s, and keeps no connection for later: a token request carries a credential in its body, and wherever a redirect
/// points, that must not go. The next one is minutes away, and may run on another runtime.
///
/// For programs that fetch something themselves; sources go through [`ReqwestTransport`](crate::ReqwestTransport), which
/// applies these settings by itself and limits the answer's length.
pub fn token_client() -> ClientBuilder {
    fetches_tokens(Client::builder()).connect_timeout(CONNECT_TIMEOUT).timeout(TOKEN_TIMEOUT)
}

/// What a client that fetches tokens can't do without.
pub(crate) fn fetches_tokens(builder: ClientBuilder) -> ClientBuilder {
    builder.redirect(Policy::none()).referer(false).pool_max_idle_per_host(0)
}

/// A builder for a client that sends authenticated requests: it stops at a redirect to another origin, and returns that
/// response ([`same_origin_redirects`]), sends no `Referer`, and connects within 5 s.
///
/// There is no limit on a request as a whole, since downloads and event streams take as long as they take: set
/// `.timeout(..)` or `.read_timeout(..)`. It applies to each sending of a request; only one that is set on the request
/// itself limits the wait for a token, too.
///
/// As with every reqwest client the proxy that the environment names is used, for loopback too if `NO_PROXY` does not say
/// otherwise; over plain http it sees the credential. `.no_proxy()` turns that off.
pub fn api_client() -> ClientBuilder {
    Client::builder().redirect(same_origin_redirects()).referer(false).connect_timeout(CONNECT_TIMEOUT)
}

/// Follows up to 10 redirects (RFC 9110 section 15.4) within the request's own origin (RFC 6454 section 4: scheme, host,
/// port), and hands the caller the response that points to another. An eleventh is an error of reqwest's,
/// `is_redirect()`.
///
/// reqwest follows redirects below any middleware. It removes five well-known headers when the next hop has another host
/// than the one before, and no others: an API key in `x-api-key` goes to strangers, and `authorization` goes to a stranger
/// on the stranger's second hop (0.13.5).
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

/// A user name or password makes it another one: reqwest would authenticate with these.
fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
        && other.username().is_empty()
        && other.password().is_none()
}
