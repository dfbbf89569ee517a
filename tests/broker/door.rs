//! Who may ask at all.

use auth_core::ErrorKind;
use auth_tower::{Broker, Session};
use http::{Method, Request};

use super::page::{Behind, ORIGIN, SECRET, authenticator, bearer, exchanging, fetch, plain};

#[test]
fn a_page_of_a_declared_origin_gets_a_token_that_its_browser_shows_it() {
    let behind = Behind::new(bearer());
    for origin in [ORIGIN, "http://localhost:8080"] {
        let answer = behind.vends(plain().header("origin", origin));
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("access-control-allow-credentials"), None, "no cookie is needed");
    }
    behind.vends(fetch());
    behind.vends(fetch().method(Method::POST));
    assert_eq!(behind.issuer.requests().len(), 1, "and all get the same");
}

#[test]
fn a_page_of_any_other_origin_gets_403_and_no_token() {
    let behind = Behind::new(bearer());
    for origin in [
        "null",
        "https://evil.example",
        "https://app.example.evil.example",
        "https://evilapp.example",
        "https://app.example:8443",
        "https://sub.app.example",
        "http://app.example",
        "https://APP.example",
        "https://app.example/",
        "http://127.0.0.1:8080",
        "",
        "*",
    ] {
        let answer = behind.refuses(plain().header("origin", origin), 403, "origin_not_allowed");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
    }
    let both = plain().header("origin", ORIGIN).header("origin", "https://evil.example");
    behind.refuses(both, 403, "origin_not_allowed");
}

#[test]
fn a_foreign_page_is_refused_before_its_session_is_looked_at() {
    let behind = Behind::new(bearer());
    let foreign = Request::get("/").header("host", "localhost").header("origin", "https://evil.example");
    behind.refuses(foreign, 403, "origin_not_allowed");
}

#[test]
fn without_an_origin_the_session_is_asked_for_all_the_same() {
    let behind = Behind::new(bearer());
    behind.refuses(Request::get("/").header("host", "localhost"), 401, "no_session");
    behind.vends(plain());
}

#[test]
fn an_image_a_script_a_frame_or_a_link_is_no_way_to_a_token() {
    let behind = Behind::new(Session::cookie("session", SECRET).unwrap());
    let with_cookie = || Request::get("/").header("host", "localhost").header("cookie", format!("session={SECRET}"));
    // What browsers send without an origin, wherever the page is.
    for site in ["cross-site", "same-site", "none"] {
        behind.refuses(with_cookie().header("sec-fetch-site", site), 403, "not_a_fetch");
    }
    for mode in ["no-cors", "navigate", "websocket"] {
        behind.refuses(with_cookie().header("sec-fetch-mode", mode), 403, "not_a_fetch");
        // A form of the declared origin.
        behind.refuses(with_cookie().header("origin", ORIGIN).header("sec-fetch-mode", mode), 403, "not_a_fetch");
    }
    // A page of the broker's own origin, behind one server with it.
    let own = with_cookie().header("sec-fetch-site", "same-origin").header("sec-fetch-mode", "same-origin");
    behind.vends(own);
}

#[test]
fn a_preflight_is_answered_to_declared_origins_only_and_says_what_is_allowed() {
    let behind = Behind::new(bearer());
    let preflight = |origin: &str| {
        let request = Request::options("/token").header("host", "localhost").header("origin", origin);
        let request = request.header("access-control-request-private-network", "true");
        request.header("access-control-request-method", "GET").header("access-control-request-headers", "authorization")
    };
    let answer = behind.ask(preflight(ORIGIN));
    assert!(answer.status.is_success() && answer.text.is_empty(), "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET,POST"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("authorization,content-type"));
    assert_eq!(answer.header("access-control-allow-private-network"), Some("true"));
    assert_eq!(answer.header("access-control-max-age"), Some("600"));

    for origin in ["null", "https://evil.example"] {
        let answer = behind.refuses(preflight(origin), 403, "origin_not_allowed");
        let said: Vec<_> = answer.headers.keys().filter(|name| name.as_str().starts_with("access-control")).collect();
        assert!(said.is_empty(), "{said:?}");
    }
}

#[test]
fn credentials_are_allowed_only_where_a_cookie_may_be_the_session() {
    let behind = Behind::new(Session::cookie("session", SECRET).unwrap());
    let answer = behind.vends(fetch().header("cookie", format!("a=b; session={SECRET}")));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "and never `*`");
}

#[test]
fn by_any_other_name_the_server_is_not_there() {
    let behind = Behind::new(bearer());
    let by = |host: &str| Request::get("/").header("authorization", format!("Bearer {SECRET}")).header("host", host);
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "127.9.9.9", "[::1]:80"] {
        behind.vends(by(host));
    }
    let strangers = ["evil.example", "localhost.evil.example", "tokens.example", "u@localhost", "10.0.0.1", "", "a b"];
    // No port that a browser could say; found by the fuzz target `broker`.
    let strangers = strangers.into_iter().chain(["127.0.0.1:-se8080", "localhost:x", "localhost:65536"]);
    for host in strangers {
        behind.refuses(by(host), 421, "unknown_host");
    }
    behind.refuses(by("localhost").header("host", "evil.example"), 421, "unknown_host");
    // As HTTP/2 has it, where both are there.
    behind.refuses(by("localhost").uri("https://evil.example/"), 421, "unknown_host");
    behind.refuses(Request::get("/"), 421, "unknown_host");

    let broker = behind.broker.clone().allow_host("tokens.example").unwrap().allow_host("other.example:8443").unwrap();
    let behind = Behind { broker, ..behind };
    for host in ["tokens.example", "Tokens.Example:444", "other.example:8443", "localhost"] {
        behind.vends(by(host));
    }
    for host in ["other.example", "other.example:1", "evil.example"] {
        behind.refuses(by(host), 421, "unknown_host");
    }
}

#[test]
fn a_token_is_got_by_get_or_post() {
    let behind = Behind::new(bearer());
    for method in [Method::PUT, Method::DELETE, Method::HEAD, Method::TRACE] {
        let answer = behind.refuses(fetch().method(method), 405, "method_not_allowed");
        assert_eq!(answer.header("allow"), Some("GET, POST, OPTIONS"));
    }
}

#[test]
fn an_origin_that_a_browser_would_never_say_is_an_error_at_the_start() {
    let access = exchanging();
    let with = |origins: &[&str]| Broker::new(&access, authenticator(&access), bearer(), origins).map(drop);
    for origin in ["*", "https://*.app.example", "app.example", "https://app.example/path", "ftp://app.example", "null"]
    {
        assert_eq!(with(&[ORIGIN, origin]).unwrap_err().kind(), ErrorKind::Misconfigured, "{origin}");
    }
    assert!(with(&["http://app.example"]).unwrap_err().to_string().contains("https"));
    assert!(with(&[]).unwrap_err().to_string().contains("origin"));
    // Written otherwise, but the same.
    with(&["https://App.Example:443/", "http://127.0.0.1:3000", "http://[::1]:3000"]).unwrap();
    let behind = Behind::new(bearer());
    for host in ["", "a b", "https://h", "u@h", "h:x", "*", "*.example"] {
        assert!(behind.broker.clone().allow_host(host).is_err(), "{host:?}");
    }
}
