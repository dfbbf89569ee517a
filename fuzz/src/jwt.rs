//! What a JWT says of its times, which nobody has verified: it may shorten a token's life, and never lets one live that says itself
//! that it is over. The first byte chooses how it comes; the rest are its claims, or all of it.

use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::sources::PersonalToken;
use auth_core::{Authenticator, ErrorKind, Policy, Token, source_fn};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::canary::{check_debug, check_error, filled, unsaid};
use crate::stage::november;

pub fn check(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let rest = filled(rest);
    let token = if first & 1 == 0 {
        format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(&rest))
    } else {
        match String::from_utf8(rest) {
            Ok(text) => text,
            Err(_) => return,
        }
    };
    engine(&token, first & 2 != 0, first & 4 != 0);
    personal(&token);
}

fn engine(text: &str, found: bool, server_time: bool) {
    let token = Token::bearer(text);
    let token = if found { token.found() } else { token };
    let token = if server_time { token.server_time(november() + Duration::from_secs(1800)) } else { token };
    let clock = FakeRuntime::new();
    let source = source_fn(move |_| {
        let token = token.clone();
        async move { Ok(token) }
    });
    let auth = Authenticator::builder(source).anywhere().runtime(clock.clone()).build().expect("an authenticator");
    let result = clock.block_on_within(Duration::from_secs(600), auth.token(Duration::ZERO));
    let exp = claims(text).and_then(|claims| claims.get("exp").and_then(Value::as_f64));
    let now = november().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs_f64();
    match result {
        Ok(credential) => {
            check_debug(&credential);
            let remaining = auth.status().remaining();
            assert!(remaining.is_none_or(|left| left <= Policy::default().lifetime_max), "{remaining:?}");
            if let Some(exp) = exp {
                let left = remaining.expect("an end").as_secs_f64();
                assert!(!found || exp - now >= left - 1e-3, "{exp} leaves {left}");
                assert!(left > 0.0);
            }
        }
        Err(error) => {
            check_error(&error);
            assert!(matches!(error.kind(), ErrorKind::ExpiredOnArrival | ErrorKind::Malformed), "{error}");
            let over = error.kind() == ErrorKind::ExpiredOnArrival;
            assert!(!over || exp.is_some(), "it does not say that it ends");
        }
    }
}

/// Whose audience is said, because that is what has to be changed.
fn personal(text: &str) {
    let source = match PersonalToken::new(text) {
        Ok(source) => source.audience("acme"),
        Err(error) => return check_error(&error),
    };
    let clock = FakeRuntime::new();
    let auth = Authenticator::builder(source).anywhere().runtime(clock.clone()).build().expect("an authenticator");
    let result = clock.block_on_within(Duration::from_secs(600), auth.token(Duration::ZERO));
    match result {
        Ok(_) => {
            // What it does not look at, it does not read: the rest need not be text.
            let Some(claims) = claims(text) else { return };
            let is_acme = |audience: &Value| audience == "acme";
            assert!(is_acme(&claims["aud"]) || claims["aud"].as_array().is_some_and(|all| all.iter().any(is_acme)));
        }
        Err(error) => {
            // What it says of the audience stands between these, and is cut off if it is long.
            let shown = error.to_string();
            let audience = shown
                .split_once("another audience (")
                .and_then(|(_, rest)| rest.rsplit_once("): one for acme is needed"));
            match audience {
                Some((audience, _)) => unsaid(&shown.replace(audience, "")),
                None => check_error(&error),
            }
        }
    }
}

fn claims(token: &str) -> Option<serde_json::Map<String, Value>> {
    let parts: Vec<_> = token.split('.').collect();
    let [_, claims, _] = parts[..] else { return None };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}
