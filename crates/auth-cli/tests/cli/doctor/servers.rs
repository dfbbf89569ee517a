//! What is wrong at the servers, or on the way there.

use std::time::{Duration, SystemTime};

use auth_emulator::{Answer, ClosedPort, Emulator, Fault, StatusCode};

use super::doctor;
use crate::rig::{User, exchanging, profiles};

/// A name that no resolver has to be asked about: a label is at most 63 bytes (RFC 1035 section 2.3.4).
fn impossible_host() -> String {
    format!("{}.example", "a".repeat(64))
}

#[tokio::test]
async fn a_name_that_nobody_knows() {
    let host = impossible_host();
    let user = User::new().with("PODSTACK_API_KEY", "t").with("PODSTACK_API_ENDPOINT", format!("https://{host}/v1"));
    let checked = doctor(&user, "").await;
    assert_eq!(checked.code, Some(5));
    checked.is("api-dns", "fail", &["nobody knows a host", "DNS"]);
    checked.is("api-connect", "skipped", &["because of 8 (api-dns)"]);
    checked.is("api-call", "skipped", &["because of 8 (api-dns)"]);

    let emulator = Emulator::start().await.unwrap();
    let config = exchanging(&emulator).replace(&emulator.token_url(), &format!("https://{host}/token"));
    let checked = doctor(&User::new().with_config(&config), "").await;
    assert_eq!(checked.code, Some(5));
    checked.is("api-connect", "ok", &[]);
    checked.is("token-dns", "fail", &["nobody knows a host"]);
    checked.is("token", "skipped", &["because of 11 (token-dns)"]);
}

#[tokio::test]
async fn a_port_where_nobody_listens() {
    let nobody = ClosedPort::new().unwrap();
    let dead = nobody.address();
    let user = User::new().with("PODSTACK_API_KEY", "t").with("PODSTACK_API_ENDPOINT", format!("http://{dead}/v1"));
    let checked = doctor(&user, "").await;
    assert_eq!(checked.code, Some(5));
    checked.is("api-connect", "fail", &[&format!("{dead} can't be reached: connection refused")]);
    checked.is("token", "ok", &[]);

    let emulator = Emulator::start().await.unwrap();
    let config = exchanging(&emulator).replace(&emulator.token_url(), &format!("http://{dead}/token"));
    let checked = doctor(&User::new().with_config(&config), "").await;
    assert_eq!(checked.code, Some(5));
    checked.is("token-connect", "fail", &[&format!("{dead} can't be reached: connection refused")]);
    checked.is("token-tls", "skipped", &["because of 12 (token-connect)"]);
    checked.is("token", "skipped", &["because of 12 (token-connect)"]);
    checked.is("api-call", "skipped", &["because of 15 (token)"]);
}

#[tokio::test]
async fn a_clock_that_is_behind_or_ahead_is_told_by_how_much() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    emulator.advance(Duration::from_secs(100));
    let checked = doctor(&user, "").await;
    checked.is("clock", "warn", &["1m 39s behind", "NTP"]);
    assert_eq!(checked.code, Some(0), "{checked:#?}");
    emulator.advance(Duration::from_secs(3600));
    let checked = doctor(&user, "").await;
    checked.is("clock", "fail", &["1h 1m 39s behind that of 127.0.0.1"]);
    assert_eq!(checked.code, Some(1));

    let slow = Emulator::builder().with_clock(|| SystemTime::now() - Duration::from_secs(900)).start().await.unwrap();
    let checked = doctor(&User::new().with_config(&exchanging(&slow)), "").await;
    checked.is("clock", "fail", &["ahead of that of 127.0.0.1"]);
}

#[tokio::test]
async fn an_issuer_that_gives_no_token_says_why() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let refused = Answer::new(StatusCode::BAD_REQUEST);
    let refused = refused.with_body("application/json", r#"{"error":"unauthorized_client"}"#);
    let busy = Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(120);
    for (fault, code, words) in [
        (Fault::Answer(busy), 5, ["kind: transient", "retry after: 2m"]),
        (Fault::Garbage, 5, ["kind: malformed", "login page"]),
        (Fault::Answer(refused), 1, ["kind: rejected", "status: 400"]),
    ] {
        emulator.token_faults().always(fault);
        let checked = doctor(&user, "").await;
        assert_eq!(checked.code, Some(code), "{checked:#?}");
        checked.is("token", "fail", &words);
        checked.is("token-claims", "skipped", &["because of 15 (token)"]);
        checked.is("api-call", "skipped", &["because of 15 (token)"]);
        emulator.clear_faults();
    }
    emulator.set_api_keys(["another"]);
    doctor(&user, "").await.is("token", "fail", &["kind: rejected", "config.toml:5"]);
}

#[tokio::test]
async fn an_address_where_no_tokens_are_given_is_to_be_corrected() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let page = || Answer::new(StatusCode::OK).with_body("text/html", "<html>sign in</html>");
    let other = || Answer::new(StatusCode::OK).with_body("application/json", r#"{"hello":"world"}"#);
    let missing = |status| Answer::new(status).with_body("text/html", "<html>nothing here</html>");
    for answer in [
        missing(StatusCode::NOT_FOUND),
        missing(StatusCode::METHOD_NOT_ALLOWED),
        missing(StatusCode::GONE),
        page(),
        other(),
    ] {
        let shown = format!("{answer:?}");
        emulator.token_faults().always(Fault::Answer(answer));
        let checked = doctor(&user, "").await;
        let fix = checked.check("token")["fix"].as_str().unwrap();
        assert!(fix.starts_with("correct the token URL"), "{shown}: {:#}", checked.check("token"));
        checked.is("token", "fail", &[&format!("[{}]", emulator.url().trim_start_matches("http://"))]);
        emulator.clear_faults();
    }
}

#[tokio::test]
async fn a_token_for_later_is_told() {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let token = |claims: &str| format!("{}.{}.{}", encode(r#"{"alg":"RS256"}"#), encode(claims), encode("signature"));
    let emulator = Emulator::start().await.unwrap();
    let config = |claims: &str| {
        let (url, token) = (emulator.api_url(), token(claims));
        format!("[profile.default]\ntype = \"token\"\nendpoint = \"{url}\"\ntoken = \"{token}\"\n")
    };
    let far = 4_102_444_800_u64;
    let user = User::new().with_config(&config(&format!(r#"{{"nbf":{far},"exp":{},"aud":["b","c"]}}"#, far + 1)));
    doctor(&user, "").await.is("token-claims", "fail", &["it is not valid before", "aud: b, c"]);
    let user = User::new().with_config(&config(&format!(r#"{{"iat":{far},"exp":{}}}"#, far + 1)));
    doctor(&user, "").await.is("token-claims", "warn", &["it was issued", "from now"]);
}

#[tokio::test]
async fn unauthorized_and_forbidden_are_told_apart() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&profiles(&emulator));
    for (status, code, words) in [
        (StatusCode::UNAUTHORIZED, 1, ["401: replace the token from api_token in ", "config.toml:"]),
        (StatusCode::FORBIDDEN, 1, ["403: who it is is known", "ask for the right"]),
        (StatusCode::NOT_FOUND, 1, ["look at the path of the endpoint", "/podstack/v1"]),
        (StatusCode::SERVICE_UNAVAILABLE, 5, ["503", "the API itself has failed"]),
    ] {
        emulator.api_faults().always(Answer::new(status));
        let checked = doctor(&user, "--profile podstack").await;
        assert_eq!(checked.code, Some(code), "{checked:#?}");
        checked.is("api-call", "fail", &words);
        emulator.clear_faults();
    }
    emulator.revoke_all();
    doctor(&user, "--profile podstack").await.is("api-call", "fail", &["401"]);
}
