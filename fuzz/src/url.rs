//! URLs: what we accept is read the same way by `url`, which is WHATWG's reader, and is https or this machine where it has to be.

use auth_core::exchange::TokenEndpoint;
use auth_core::settings::{Found, Provenance};
use auth_core::{Endpoint, Origin};
use http::Uri;
use url::{Host, Url};

use crate::canary::{check_error, filled_text};

const HOSTS: [&str; 2] = ["*.example.com", "iam.acme.example"];

pub fn check(data: &[u8]) {
    let Some(text) = filled_text(data) else { return };
    token_endpoint(&text);
    base_url(&text);
    origin(&text);
}

fn token_endpoint(text: &str) {
    let endpoint = match TokenEndpoint::parse(text) {
        Ok(endpoint) => endpoint,
        Err(error) => {
            check_error(&error);
            assert!(TokenEndpoint::parse_pinned(text, &HOSTS).is_err());
            return;
        }
    };
    // The host is shown, so it may be whatever it is.
    assert_eq!(format!("{endpoint:?}"), format!("TokenEndpoint({})", endpoint.host()));
    same_place(endpoint.uri(), text, true);
    match TokenEndpoint::parse_pinned(text, &HOSTS) {
        Ok(pinned) => {
            let host = pinned.host();
            let theirs = host.strip_suffix(".example.com").is_some_and(|labels| !labels.is_empty());
            assert!(theirs || host == HOSTS[1] || is_this_machine(host), "{host}");
        }
        Err(error) => check_error(&error),
    }
}

fn base_url(text: &str) {
    let found = Found::new("url", text, Provenance::Variable("ACME_URL".to_owned()));
    let endpoint = match Endpoint::parse(text) {
        Ok(endpoint) => endpoint,
        Err(error) => {
            check_error(&error);
            check_error(&found.endpoint().expect_err("the same of a setting"));
            return;
        }
    };
    assert!(found.endpoint().is_ok_and(|found| found == endpoint));
    let shown = endpoint.to_string();
    assert_eq!(Endpoint::parse(&shown).expect("as it is shown"), endpoint);
    let joined = endpoint.join("/items?limit=5").expect("a path");
    assert!(endpoint.is_origin_of(&joined));
    assert_eq!(joined.query(), Some("limit=5"));
    assert!(joined.path().ends_with("/items") && !joined.path().contains("//items"), "{joined}");
    same_place(&joined, &format!("{}/items?limit=5", text.trim_end_matches('/')), false);
}

fn origin(text: &str) {
    let origin = match Origin::parse(text) {
        Ok(origin) => origin,
        Err(error) => return check_error(&error),
    };
    check_origin(&origin, text);
    let shown = origin.to_string();
    assert_eq!(Origin::parse(&shown).expect("as it is shown"), origin);
    check_origin(&origin, &shown);
}

fn check_origin(origin: &Origin, text: &str) {
    let Ok(theirs) = Url::parse(text) else { return };
    let ours = Url::parse(&origin.to_string()).expect("an origin that they read");
    assert_eq!(ours.origin(), theirs.origin(), "{text}");
    assert!(!origin.is_secure() || theirs.scheme() == "https" || is_local(&theirs), "{text}");
}

/// Where a client that reads URLs as browsers do would go with the text, and one that takes our URI.
fn same_place(ours: &Uri, text: &str, must_be_secure: bool) {
    // What they refuse goes nowhere.
    let Ok(theirs) = Url::parse(text) else { return };
    // Letter by letter: that they would read ours as they read the text is not enough, since others read neither so.
    let host = ours.host().unwrap_or_default();
    match theirs.host() {
        Some(Host::Domain(name)) => assert_eq!(host, name, "{text}"),
        Some(Host::Ipv4(address)) => assert_eq!(host.parse(), Ok(address), "{text}"),
        Some(Host::Ipv6(address)) => assert_eq!(host.trim_matches(['[', ']']).parse(), Ok(address), "{text}"),
        None => panic!("no host: {text}"),
    }
    let ours = Url::parse(&ours.to_string()).expect("a URI that they read");
    assert_eq!(ours.origin(), theirs.origin(), "{text}");
    assert_eq!(ours.path(), theirs.path(), "{text}");
    assert!(theirs.username().is_empty() && theirs.password().is_none() && theirs.fragment().is_none(), "{text}");
    assert!(!must_be_secure || theirs.scheme() == "https" || is_local(&theirs), "{text}");
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_this_machine(host: &str) -> bool {
    Url::parse(&format!("http://{host}/")).is_ok_and(|url| is_local(&url))
}
