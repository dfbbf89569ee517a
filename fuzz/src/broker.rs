//! What a browser, or whoever says to be one, asks of the broker: an origin, a host and a session, a line each, then cookies and
//! what the browser says of itself. A token goes to a declared origin with the session's secret, at a name that is the broker's.

use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::{Access, Endpoint, Error, Token, source_fn};
use auth_tower::{Broker, Session};
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use tower_service::Service;
use url::Url;

use crate::canary::{CANARY, check_error, unsaid};

const ORIGIN: &str = "https://app.example";
const SECRET: &str = "a-secret-of-the-session";
const HOST: &str = "tokens.app.example";

const NAMES: [&str; 6] = ["origin", "host", "authorization", "cookie", "sec-fetch-site", "sec-fetch-mode"];

/// The first byte chooses: bearer or cookie; headers said twice; or the rest is an origin to declare.
pub fn check(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    if first & 4 != 0 {
        return declared(rest);
    }
    let cookie = first & 1 != 0;
    let session = if cookie { Session::cookie("session", SECRET) } else { Session::bearer(SECRET) };
    let mut broker = broker(session.expect("a session"), ORIGIN).expect("a broker").allow_host(HOST).expect("a host");
    let mut request = Request::get("/token");
    let mut said = vec![Vec::new(); NAMES.len()];
    for (at, value) in rest.split(|byte| *byte == b'\n').take(2 * NAMES.len()).enumerate() {
        let at = at % NAMES.len();
        let Ok(value) = HeaderValue::from_bytes(value) else { return };
        if !value.is_empty() {
            request = request.header(NAMES[at], value.clone());
            said[at].push(value.as_bytes().to_vec());
        }
    }
    let Ok(request) = request.body(Empty::<Bytes>::new()) else { return };
    let clock = FakeRuntime::new();
    let Ok(answer) = clock.block_on_within(Duration::from_secs(60), broker.call(request));
    let (head, body) = answer.into_parts();
    let Ok(body) = clock.block_on(body.collect());
    let body = String::from_utf8(body.to_bytes().to_vec()).expect("JSON");
    if !head.status.is_success() {
        assert_ne!(head.status, StatusCode::INTERNAL_SERVER_ERROR, "{body}");
        return unsaid(&body);
    }
    assert!(body.contains(CANARY), "{body}");
    let [origin, host, bearer, cookies, site, _mode] = &said[..] else { panic!("six names") };
    // One of them, and the one that is declared; or a page of the broker's own.
    let own = origin.is_empty() && site.iter().all(|site| site == b"same-origin");
    assert!(own || origin[..] == [ORIGIN.as_bytes().to_vec()], "{origin:?}");
    let [host] = &host[..] else { panic!("{} hosts", host.len()) };
    let name = Url::parse(&format!("http://{}/", String::from_utf8_lossy(host))).expect("a host");
    let local = match name.host().expect("a host") {
        url::Host::Domain(name) => name == "localhost" || name == HOST,
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    };
    assert!(local, "{name}");
    let says =
        |all: &[Vec<u8>]| all.iter().any(|value| value.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()));
    assert!(says(if cookie { cookies } else { bearer }), "without the session's secret");
}

/// An origin that is declared is one that a browser can say, and https or this machine.
fn declared(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match broker(Session::bearer(SECRET).expect("a session"), text) {
        Err(error) => check_error(&error),
        Ok(_) => {
            let Ok(url) = Url::parse(text) else { return };
            let local = match url.host().expect("a host") {
                url::Host::Domain(name) => name == "localhost",
                url::Host::Ipv4(address) => address.is_loopback(),
                url::Host::Ipv6(address) => address.is_loopback(),
            };
            assert!(url.scheme() == "https" || url.scheme() == "http" && local, "{text}");
            assert!(url.path() == "/" && url.query().is_none(), "{text}");
        }
    }
    for secret in [Session::bearer(text), Session::cookie("session", text), Session::cookie(text, SECRET)] {
        if let Err(error) = secret {
            check_error(&error);
        }
    }
}

fn broker(session: Session, origin: &str) -> Result<Broker, Error> {
    let source = source_fn(|_| async { Ok::<_, Error>(Token::bearer(CANARY).expires_in(Duration::from_secs(600))) });
    let access = Access::new("vault", source, Endpoint::parse("https://vault.example")?);
    let auth = access.builder().runtime(FakeRuntime::new()).build()?;
    Broker::new(&access, auth, session, [origin])
}
