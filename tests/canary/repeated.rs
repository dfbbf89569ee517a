//! An issuer's own words are told, but for those that repeat a secret: one it was sent, in whatever form, or one it gave.

use auth_core::Error;
use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::ApiKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use super::logs::{Heard, check_error, exchanged, failure};
use super::secrets;
use super::stage::{HOUR, Issuer, answer, api_key, builder, granted};
use crate::hunt::{Hunt, percent};

/// An issuer's refusal with this description, looked at from all sides.
fn described(text: impl AsRef<str>) -> Error {
    let body = serde_json::json!({"error": "invalid_request", "error_description": text.as_ref()});
    exchanged(answer(StatusCode::BAD_REQUEST, body.to_string()))
}

#[test]
fn an_issuer_s_description_is_told_unless_it_repeats_a_secret() {
    let error = described("the account is suspended");
    assert_eq!(error.description(), Some("the account is suspended"));
    for secret in [secrets::API_KEY, &secrets::API_KEY[11..19], secrets::CLIENT_SECRET, secrets::FORM_VALUE] {
        described(format!("no such key: {secret}!"));
    }
    // Cut at 200 bytes, in the middle of the key: no more of it may be left than counts as nothing.
    for cut in 0..secrets::API_KEY.len() {
        described(format!("{}{}", &"a ".repeat(100)[..200 - cut], secrets::API_KEY));
    }
}

#[test]
fn an_issuer_may_repeat_the_authorization_header_it_was_sent() {
    described(format!("bad header: Basic {}", STANDARD.encode(secrets::BASIC_PAIR)));
}

#[test]
fn an_issuer_may_repeat_the_url_it_was_asked_at() {
    described(format!("POST /token?key={} failed", secrets::QUERY_SECRET));
}

#[test]
fn an_issuer_may_repeat_the_form_as_it_was_sent() {
    // A key in which no eight characters in a row come through a form as they are.
    let key = "kA7/pQ2+wZ9=Vr4/Tn6+Ym3=Bc8/Hd5+";
    let hunt = Hunt::after([("the API key", key)]);
    let endpoint = TokenEndpoint::parse("https://iam.example.com/token").unwrap();
    let source = ApiKey::new(endpoint, key).unwrap();
    let sent = format!("apikey={}", percent(key.as_bytes(), |byte| !byte.is_ascii_alphanumeric()));
    let body = serde_json::json!({"error": "invalid_request", "error_description": format!("can't read {sent}")});
    let error = failure(source, Issuer::default().then(answer(StatusCode::BAD_REQUEST, body.to_string())));
    hunt.check("an error", &format!("{error}"));
}

/// No shape gives it away, so nothing is masked.
#[test]
fn an_issuer_may_repeat_a_key_that_is_made_of_words() {
    let key = "correct.horse.battery.staple";
    let endpoint = TokenEndpoint::parse("https://iam.example.com/token").unwrap();
    let source = ApiKey::new(endpoint, key).unwrap();
    let body = serde_json::json!({"error": "invalid_request", "error_description": format!("no such key: {key}")});
    let error = failure(source, Issuer::default().then(answer(StatusCode::BAD_REQUEST, body.to_string())));
    assert_eq!(error.description(), None);
    Hunt::after([("the API key", key)]).check("an error", &format!("{error} {error:?}"));
}

#[test]
fn an_issuer_may_repeat_the_token_that_it_refuses_to_renew() {
    let runtime = FakeRuntime::new();
    let body = serde_json::json!({
        "error": "invalid_grant",
        "error_description": format!("token {} was revoked", secrets::ACCESS_TOKEN),
    });
    let issuer = Issuer::default()
        .then(granted(secrets::ACCESS_TOKEN, HOUR))
        .then(answer(StatusCode::BAD_REQUEST, body.to_string()));
    Heard::during(|heard| {
        let auth = heard.listening(builder(&runtime, issuer.clone(), api_key()));
        runtime.block_on(auth.warm_up()).unwrap();
        runtime.advance(HOUR);
        check_error(&runtime.block_on(auth.warm_up()).unwrap_err());
    })
    .check();
}

#[test]
fn an_issuer_may_put_a_token_beside_the_error_and_repeat_it_there() {
    let body = serde_json::json!({
        "access_token": secrets::ACCESS_TOKEN,
        "refresh_token": secrets::REFRESH_TOKEN,
        "error": "invalid_scope",
        "error_description": format!("{} has too little scope", secrets::ACCESS_TOKEN),
    });
    exchanged(answer(StatusCode::OK, body.to_string()));
}
