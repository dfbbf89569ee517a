//! What ends at each connection, and so at this proxy (RFC 9110 section 7.6.1).

use http::header::{CONNECTION, EXPECT, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body::Body;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
/// Names another place for the upstream's origin; the caller would take it for one of this proxy's.
const ALT_SVC: HeaderName = HeaderName::from_static("alt-svc");

const OF_A_CONNECTION: [HeaderName; 7] =
    [CONNECTION, KEEP_ALIVE, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE];

/// Takes off a request what is between the caller and this proxy. `Host` is written anew for the upstream, and an `Expect:
/// 100-continue` is met here, when the body is first read. `te: trailers`, which gRPC asks for, stays; so does `Trailer`, since
/// trailers pass.
pub(super) fn end_request(headers: &mut HeaderMap) {
    let wants_trailers = headers.get_all(TE).iter().any(|value| mentions(value, "trailers"));
    end(headers);
    headers.remove(HOST);
    headers.remove(EXPECT);
    headers.remove(TE);
    if wants_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
}

/// Says that a body follows where nobody would expect one: hyper sends none of a GET whose length it does not know.
pub(super) fn announce_body(method: &Method, body: &impl Body, headers: &mut HeaderMap) {
    let is_unknown = !body.is_end_stream() && body.size_hint().exact().is_none();
    if is_unknown && matches!(*method, Method::GET | Method::HEAD) {
        headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
}

/// Takes off a response what is between the upstream and this proxy.
pub(super) fn end_response(headers: &mut HeaderMap) {
    end(headers);
    headers.remove(ALT_SVC);
}

/// Whether a list of words has this one, in any case.
pub(super) fn mentions(value: &HeaderValue, word: &str) -> bool {
    value.to_str().is_ok_and(|list| list.split(',').any(|item| item.trim().eq_ignore_ascii_case(word)))
}

fn end(headers: &mut HeaderMap) {
    if headers.contains_key(CONNECTION) {
        let lists: Vec<HeaderValue> = headers.get_all(CONNECTION).iter().cloned().collect();
        let names = lists.iter().filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(','));
        for name in names.filter_map(|name| name.trim().parse::<HeaderName>().ok()) {
            headers.remove(name);
        }
    }
    for name in OF_A_CONNECTION {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[(&str, &str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn what_belongs_to_a_connection_ends_with_it() {
        let mut headers = of(&[
            ("connection", "close, X-Mine"),
            ("connection", "keep-alive"),
            ("x-mine", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("proxy-authorization", "Basic eDp5"),
            ("te", "gzip, trailers;q=1"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("host", "127.0.0.1:1"),
            ("expect", "100-continue"),
            ("trailer", "x-sum"),
            ("accept", "*/*"),
        ]);
        end_request(&mut headers);
        assert_eq!(headers, of(&[("trailer", "x-sum"), ("accept", "*/*")]));

        let mut headers = of(&[("te", "gzip, Trailers"), ("connection", "te")]);
        end_request(&mut headers);
        assert_eq!(headers, of(&[("te", "trailers")]));

        let mut headers = of(&[
            ("connection", "close"),
            ("alt-svc", "h3=\":443\""),
            ("set-cookie", "a=b"),
            ("www-authenticate", "Bearer"),
        ]);
        end_response(&mut headers);
        assert_eq!(headers, of(&[("set-cookie", "a=b"), ("www-authenticate", "Bearer")]));
    }
}
