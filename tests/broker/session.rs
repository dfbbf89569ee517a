//! Whose page it is.

use std::future::pending;

use auth_core::{Error, ErrorKind, Transport, async_trait, testing::ScriptedTransport};
use auth_tower::Session;
use bytes::Bytes;
use http::request::Builder;
use http::{Method, Request, Response};

use super::page::{Behind, ORIGIN, SECRET, bearer, fetch};

const CHECK: &str = "https://app.example/session?of=page";

/// A page that says this of its session, and nothing else.
fn saying(name: &str, value: impl AsRef<str>) -> Builder {
    Request::get("/token").header("host", "localhost").header("origin", ORIGIN).header(name, value.as_ref())
}

fn forwarding() -> (Behind, ScriptedTransport) {
    let backend = ScriptedTransport::new();
    (Behind::new(Session::forward_auth(CHECK, backend.clone()).unwrap()), backend)
}

#[test]
fn the_secret_as_a_bearer_token_is_a_session_and_nothing_else_is() {
    let behind = Behind::new(bearer());
    behind.vends(saying("authorization", format!("bearer {SECRET}")));
    for said in [
        SECRET.to_owned(),
        "Bearer ".to_owned(),
        "Bearer a-session-secreT".to_owned(),
        format!("Bearer {SECRET}x"),
        format!("Bearer  {SECRET}"),
        format!("Bearer {}", &SECRET[1..]),
        format!("Basic {SECRET}"),
    ] {
        let answer = behind.refuses(saying("authorization", &said), 401, "no_session");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{said}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "the page is told why");
    }
    behind.refuses(saying("cookie", format!("session={SECRET}")), 401, "no_session");
    behind.refuses(fetch().header("authorization", "Bearer another-one"), 401, "no_session");
    behind.refuses(Request::get(format!("/token?secret={SECRET}")).header("host", "localhost"), 401, "no_session");
}

#[test]
fn the_secret_as_a_cookie_is_a_session_and_nothing_else_is() {
    let behind = Behind::new(Session::cookie("sid", SECRET).unwrap());
    behind.vends(saying("cookie", format!("sid={SECRET}")));
    behind.vends(saying("cookie", format!("a=b;sid={SECRET} ; c=d")));
    behind.vends(saying("cookie", format!("sid=of-another-path; sid={SECRET}")));
    for said in [
        "",
        "sid",
        "sid=",
        "sid=wrong-wrong-wrong",
        "asid=a-session-secret",
        "sid =a-session-secret",
        "Sid=a-session-secret",
    ] {
        behind.refuses(saying("cookie", said), 401, "no_session");
    }
    behind.refuses(saying("authorization", format!("Bearer {SECRET}")), 401, "no_session");
}

#[test]
fn a_secret_that_can_be_guessed_or_not_be_sent_is_an_error_that_does_not_repeat_it() {
    for secret in ["", "short", "fifteen-letters", "a-session-secret\n", "a session secret", "a-session-secret-ä"] {
        let error = Session::bearer(secret).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(secret.is_empty() || !error.to_string().contains(secret), "{error}");
        assert!(Session::cookie("sid", secret).is_err(), "{secret:?}");
    }
    for secret in ["a-session;secret", "a-session,secret", "a-session\"secret"] {
        Session::bearer(secret).unwrap();
        assert!(Session::cookie("sid", secret).is_err(), "{secret:?}");
    }
    for name in ["", "a b", "a=b", "a;b", "ä"] {
        assert!(Session::cookie(name, SECRET).is_err(), "{name:?}");
    }
}

#[test]
fn the_pages_backend_is_asked_with_its_cookies_and_told_what_was_asked() {
    let (behind, backend) = forwarding();
    backend.answer(204, "");
    let page = saying("cookie", "sid=1; theme=dark").header("authorization", "Bearer of-the-page").method(Method::POST);
    let answer = behind.vends(page.header("x-secret", "of the page").uri("/token?q=1"));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));

    let asked = &backend.requests()[0];
    assert_eq!((asked.method(), asked.uri().to_string().as_str()), (&Method::GET, CHECK));
    let mut said: Vec<_> =
        asked.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    said.sort_unstable();
    let expected = [
        ("accept", "application/json"),
        ("authorization", "Bearer of-the-page"),
        ("cookie", "sid=1; theme=dark"),
        ("origin", ORIGIN),
        ("x-forwarded-host", "localhost"),
        ("x-forwarded-method", "POST"),
        ("x-forwarded-uri", "/token"),
        ("x-original-method", "POST"),
        ("x-original-uri", "/token"),
    ];
    assert_eq!(said, expected, "and nothing else");
    assert!(asked.headers()["cookie"].is_sensitive() && asked.headers()["authorization"].is_sensitive());
}

#[test]
fn the_backend_says_yes_or_no_and_anything_else_is_an_error() {
    for (status, expected, error) in [
        (401, 401, "no_session"),
        (403, 403, "session_forbidden"),
        (302, 502, "session_check_failed"),
        (304, 502, "session_check_failed"),
        (404, 502, "session_check_failed"),
        (500, 502, "session_check_failed"),
        (503, 502, "session_check_failed"),
        (199, 502, "session_check_failed"),
    ] {
        let (behind, backend) = forwarding();
        backend.answer(status, "S3cr3t-of-the-backend");
        let answer = behind.refuses(fetch(), expected, error);
        assert!(!answer.text.contains("S3cr3t"), "nothing of its answer is passed on: {}", answer.text);
        assert_eq!(answer.why.is_some(), expected == 502, "the program is told what it has to see to");
        assert_eq!(backend.requests().len(), 1, "a redirect is not followed, and nothing is repeated");
    }
    for status in [200, 204, 299] {
        let (behind, backend) = forwarding();
        backend.answer(status, "");
        behind.vends(fetch());
    }
}

#[test]
fn the_backend_is_asked_each_time_so_that_a_session_ends_when_it_says_so() {
    let (behind, backend) = forwarding();
    backend.answer(200, "");
    behind.vends(fetch());
    backend.answer(401, "");
    behind.refuses(fetch(), 401, "no_session");
}

#[test]
fn a_backend_that_is_down_is_503_and_a_word_to_the_program() {
    let (behind, _) = forwarding();
    let answer = behind.refuses(fetch(), 503, "session_check_unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    let why = answer.why.unwrap().to_string();
    assert!(why.contains("forward-auth") && why.contains("app.example") && !why.contains("of=page"), "{why}");
}

struct Silent;

#[async_trait]
impl Transport for Silent {
    async fn send(&self, _: Request<Bytes>, _: usize) -> Result<Response<Bytes>, Error> {
        pending().await
    }
}

#[test]
fn a_backend_that_says_nothing_is_waited_for_5_seconds() {
    let behind = Behind::new(Session::forward_auth(CHECK, Silent).unwrap());
    let began = behind.clock.wall();
    let answer = behind.refuses(fetch(), 503, "session_check_unavailable");
    assert_eq!(behind.clock.wall().duration_since(began).unwrap().as_secs(), 5);
    assert!(answer.why.unwrap().to_string().contains("5 s"));
}

#[test]
fn a_backend_gets_the_pages_cookies_by_https_or_on_loopback_only() {
    let with = |url: &str| Session::forward_auth(url, Silent).map(drop);
    for url in ["http://auth.example/check", "auth.example", "https://u:p@auth.example", ""] {
        let error = with(url).unwrap_err().to_string();
        assert!(error.contains("forward-auth") && !error.contains("u:p"), "{error}");
    }
    with("http://127.0.0.1:9/check").unwrap();
}
