//! An origin and a request's URL, a line each: the token goes to this origin, over https or to this machine, and nowhere else,
//! whoever reads the URL.

use auth_core::Authenticator;
use auth_core::adapter::{Attach, Sent, Target};
use auth_core::runtime::FakeRuntime;
use auth_core::sources::StaticToken;
use http::{HeaderMap, Uri};
use url::Url;

use crate::canary::{CANARY, check_error};

pub fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let Some((origin, target)) = text.split_once('\n') else { return };
    let source = || Authenticator::builder(StaticToken::new(CANARY).expect("a token")).runtime(FakeRuntime::new());
    let bound = match source().for_origins([origin]).build() {
        Ok(auth) => auth,
        Err(error) => return check_error(&error),
    };
    let anywhere = source().anywhere().build().expect("an authenticator");
    let Ok(expected) = Url::parse(origin) else { return };
    for auth in [&bound, &anywhere] {
        FakeRuntime::new().block_on(auth.warm_up()).expect("a token");
        let mut places = Vec::new();
        if let Ok(uri) = target.parse::<Uri>() {
            places.push((attached(auth, (&uri).into()), by_uri(&uri)));
        }
        if let Ok(url) = Url::parse(target) {
            places.push((attached(auth, Target::new(url.scheme(), url.authority())), Some(url)));
        }
        for (attached, goes_to) in places {
            if !attached {
                continue;
            }
            let is_bound = std::ptr::eq(auth, &bound);
            // What is no URL for `url` goes to no origin that it could name; `anywhere` does not ask.
            let Some(goes_to) = goes_to else {
                assert!(!is_bound, "{target} is no URL, and has the token of {origin}");
                continue;
            };
            let local = goes_to.host().is_some_and(|host| match host {
                url::Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
                url::Host::Ipv4(address) => address.is_loopback(),
                url::Host::Ipv6(address) => address.is_loopback(),
            });
            assert!(goes_to.scheme() == "https" || local, "in the clear: {target}");
            assert!(!is_bound || goes_to.origin() == expected.origin(), "{target} is not {origin}");
        }
    }
}

/// Where a client that takes a URI goes: its host and port, as `http` reads them.
fn by_uri(uri: &Uri) -> Option<Url> {
    let port = uri.port().map_or(String::new(), |port| format!(":{port}"));
    Url::parse(&format!("{}://{}{port}/", uri.scheme_str()?, uri.host()?)).ok()
}

fn attached(auth: &Authenticator, target: Target<'_>) -> bool {
    let mut headers = HeaderMap::new();
    let sent = auth.attach(target, &mut headers);
    let with = matches!(sent, Ok(Attach::Ready(Sent::With { .. })));
    assert_eq!(with, !headers.is_empty(), "what is said is what was done");
    match sent {
        Err(error) => check_error(&error),
        Ok(Attach::Wait(_)) => panic!("there is a token"),
        Ok(Attach::Ready(_)) => {}
    }
    with
}
