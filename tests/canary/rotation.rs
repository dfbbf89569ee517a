//! A refresh token that can't be saved: a warning says so, and repeats neither it nor what the hook says of it.

use std::time::Duration;

use auth_core::exchange::{Client, TokenEndpoint};
use auth_core::runtime::FakeRuntime;
use auth_core::sources::RefreshToken;
use auth_core::{Error, Secret};
use http::StatusCode;

use super::logs::Heard;
use super::secrets;
use super::stage::{HOUR, Issuer, answer, builder, granted};

const WARNING: &str = "the new refresh token could not be saved";

/// What is logged while a token is rotated and the hook says this.
fn rotated(says: fn(&Secret) -> String) -> Heard {
    Heard::during(|heard| {
        let endpoint = TokenEndpoint::parse("https://iam.example.com/token").unwrap();
        let source = RefreshToken::new(endpoint, Client::public("app"), secrets::FORM_VALUE).unwrap();
        let source = source.on_rotate(move |token| {
            let message = says(&token);
            async move { Err(Error::transient(message)) }
        });
        let body = serde_json::json!({"error": "invalid_grant", "error_description": secrets::REFRESH_TOKEN});
        let issuer = Issuer::default()
            .then(granted(secrets::ACCESS_TOKEN, HOUR))
            .then(answer(StatusCode::BAD_REQUEST, body.to_string()));
        let runtime = FakeRuntime::new();
        let auth = heard.listening(builder(&runtime, issuer, source));
        runtime.block_on(auth.warm_up()).unwrap();
        runtime.advance(HOUR + Duration::from_secs(1));
        super::logs::check_error(&runtime.block_on(auth.warm_up()).unwrap_err());
    })
}

#[test]
fn a_refresh_token_that_can_not_be_saved_is_a_warning_without_it() {
    let heard = rotated(|_| "the disk is full".to_owned());
    heard.check();
    let log = heard.log();
    assert!(log.contains(WARNING) && log.contains("the disk is full"), "{log}");

    let whole: fn(&Secret) -> String = |token| format!("can't write {}", token.expose());
    for says in [whole, |token| format!("can't write {}..", &token.expose()[3..15])] {
        let heard = rotated(says);
        heard.check();
        let log = heard.log();
        assert!(log.contains(WARNING) && log.contains("its error quotes the token"), "{log}");
    }
}
