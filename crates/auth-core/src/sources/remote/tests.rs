//! A backend's answers, good and bad.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::runtime::{FakeRuntime, Runtime};
use crate::sources::Callback;
use crate::{Authenticator, Status, testing::ScriptedTransport};

const SESSION: &str = "session=S3cr3t-S3cr3t-S3cr3t";

fn source() -> Remote {
    let backend = TokenEndpoint::parse("https://shop.example.com/token?vault=v").unwrap();
    Remote::new(backend).session(http::header::COOKIE, SESSION).unwrap()
}

/// A JWT that ends so many seconds after the clock's now.
fn jwt(clock: &FakeRuntime, ends_in: i64) -> String {
    let now = clock.now().wall().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() as i64;
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{}}}"#, now + ends_in)))
}

/// The token that an answer brings, and what is known of its life.
fn fetch(
    source: Remote,
    clock: &FakeRuntime,
    answer: Response<Bytes>,
) -> Result<(String, Status, Request<Bytes>), Error> {
    let server = ScriptedTransport::new();
    // What is transient is tried again.
    (0..3).for_each(|_| server.answer_with(Ok(answer.clone())));
    let auth = Authenticator::builder(source).anywhere().transport(server.clone()).runtime(clock.clone()).build()?;
    let credential = clock.block_on(auth.token(Duration::ZERO))?;
    let secret = credential.secret().map(|secret| secret.expose().to_owned()).unwrap_or_default();
    Ok((secret, auth.status(), server.requests().remove(0)))
}

fn answer(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).unwrap()
}

fn token(body: &str) -> Result<String, Error> {
    fetch(source(), &FakeRuntime::new(), answer(200, body.to_owned())).map(|(token, ..)| token)
}

#[test]
fn every_form_of_answer_is_read() {
    for body in [
        r#"{"accessToken":"tok"}"#,
        r#"{"access_token":"tok","token_type":"bearer","expires_in":60}"#,
        r#"{"token":"tok","user":{"name":"x"}}"#,
        r#"{"token":"tok","accessToken":"tok"}"#,
        r#"{"token":null,"access_token":"tok"}"#,
        "\u{feff} {\"accessToken\":\"tok\"}",
        "\"tok\"",
        "tok\n",
        "\u{feff}tok",
    ] {
        assert_eq!(token(body).unwrap(), "tok", "{body}");
    }
}

#[test]
fn what_is_no_token_is_an_error_that_repeats_nothing() {
    for body in [
        "",
        "{}",
        r#"{"token":"S3cr3t-1","accessToken":"S3cr3t-2"}"#,
        r#"{"token":"S3cr3t-1","token":"S3cr3t-2"}"#,
        r#"{"token":7}"#,
        r#"{"accessToken":"S3cr3t S3cr3t"}"#,
        r#"{"accessToken":"S3cr3t","tokenType":"mac"}"#,
        r#"{"accessToken":"S3cr3t""#,
        "\"S3cr3t",
        "\"S3cr3t \"",
        "'S3cr3t'",
        "Bearer S3cr3t",
        "<html>S3cr3t</html>",
        "[\"S3cr3t\"]x y",
        "S3cr3t S3cr3t",
    ] {
        let error = token(body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{body}: {error}");
        let message = error.to_string();
        assert!(
            message.len() < 300 && !message.contains("S3cr3t") && message.contains("shop.example.com"),
            "{message}"
        );
    }
    assert_eq!(token(r#"{"error":"no_vault"}"#).unwrap_err().kind(), ErrorKind::Rejected);
    assert_eq!(token(&format!(r#"{{"token":"{}"}}"#, "a".repeat(70_000))).unwrap_err().kind(), ErrorKind::Malformed);
}

#[test]
fn a_jwt_that_has_expired_is_an_error_whatever_the_answer_says() {
    let clock = FakeRuntime::new();
    for body in [jwt(&clock, -1), format!(r#"{{"token":"{}","expires_in":3600}}"#, jwt(&clock, 0))] {
        let error = fetch(source(), &clock, answer(200, body)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ExpiredOnArrival);
        assert!(error.to_string().contains("expired at"), "{error}");
    }
    let callback = Callback::new({
        let token = jwt(&clock, -1);
        move || std::future::ready(Ok(Secret::new(token.clone())))
    });
    let auth = Authenticator::builder(callback).anywhere().runtime(clock.clone()).build().unwrap();
    assert_eq!(clock.block_on(auth.warm_up()).unwrap_err().kind(), ErrorKind::ExpiredOnArrival);
}

#[test]
fn a_token_lives_as_long_as_the_answer_or_it_itself_says() {
    let clock = FakeRuntime::new();
    let left = |body: String| {
        let (_, status, _) = fetch(source(), &clock, answer(200, body)).unwrap();
        status.expires_at().map(|end| end.duration_since(clock.wall()).unwrap().as_secs())
    };
    assert_eq!(left(r#"{"token":"opaque","expires_in":600}"#.to_owned()), Some(600));
    assert_eq!(left(jwt(&clock, 500)), Some(500));
    assert_eq!(left("opaque".to_owned()), None);
}

#[test]
fn the_request_says_who_asks_and_has_no_body() {
    let clock = FakeRuntime::new();
    let (_, _, request) = fetch(source(), &clock, answer(200, "tok")).unwrap();
    assert_eq!(
        (request.method(), request.uri().to_string().as_str()),
        (&Method::GET, "https://shop.example.com/token?vault=v")
    );
    assert_eq!(request.headers()["cookie"], SESSION);
    assert!(request.headers()["cookie"].is_sensitive() && request.body().is_empty());
    let other =
        Remote::new(TokenEndpoint::parse("http://127.0.0.1:1/t").unwrap()).post().bearer_session("sess").unwrap();
    let (_, _, request) = fetch(other, &clock, answer(200, "tok")).unwrap();
    assert_eq!(
        (request.method(), &request.headers()["authorization"]),
        (&Method::POST, &HeaderValue::from_static("Bearer sess"))
    );
    assert_eq!(request.headers()["content-length"], "0");
    let bad = Remote::new(TokenEndpoint::parse("https://h/t").unwrap());
    for value in ["", "a\nb", "S3cr3t\0"] {
        let error = bad.clone().session(http::header::COOKIE, value).unwrap_err().to_string();
        assert!(error.contains("cookie") && !error.contains("S3cr3t"), "{error}");
    }
    assert!(bad.bearer_session("Bearer x").is_err());
}

#[test]
fn a_refusal_says_whose_session_is_at_fault() {
    let refused = |source: Remote, status: u16| {
        let body = format!(r#"{{"error":"expired","error_description":"no such {SESSION}"}}"#);
        let error = fetch(source, &FakeRuntime::new(), answer(status, body)).unwrap_err();
        assert!(!format!("{error:?}").contains("S3cr3t"), "{error}");
        assert_eq!((error.status(), error.code()), (Some(status), Some("expired")));
        error
    };
    let error = refused(source(), 401);
    assert_eq!(error.kind(), ErrorKind::InteractionRequired);
    assert!(error.to_string().contains("this program's session") && error.to_string().contains("cookie"), "{error}");
    let error = refused(source(), 403);
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("session needs that right"), "{error}");
    let nobody = Remote::new(TokenEndpoint::parse("https://h/t").unwrap());
    assert!(refused(nobody, 401).to_string().contains("`.session(..)`"));
}

#[test]
fn other_statuses_are_what_they_are_at_a_token_endpoint() {
    for (status, kind) in [
        (302, ErrorKind::Malformed),
        (404, ErrorKind::Transient),
        (429, ErrorKind::Transient),
        (500, ErrorKind::Transient),
        (503, ErrorKind::Transient),
    ] {
        let error = fetch(source(), &FakeRuntime::new(), answer(status, "tok")).unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{error}");
    }
}
