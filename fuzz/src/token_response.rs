//! The answer of a token endpoint whose status says success: the token that is used is the one that stands there, fit to be sent,
//! for no longer than it says.

use std::sync::Arc;
use std::time::Duration;

use auth_core::exchange::{Exchange, TokenEndpoint};
use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, Credential, Error, FetchContext, Policy, source_fn, testing::ScriptedTransport};
use bytes::Bytes;
use http::{HeaderValue, Response};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::canary::{CANARY, check_debug, check_issuers_error, filled};
use crate::stage::check_credential;

/// The first byte is the status and the names; the rest is the body.
pub fn check(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let body = filled(body);
    let camel = first & 1 == 1;
    let status = [200, 201, 203, 206][usize::from(first >> 1) % 4];
    let read = || exchanged(response(status, &body, &[]), camel);
    let (auth, result) = read();
    match (&result, &read().1) {
        (Ok(one), Ok(two)) => assert_eq!(one.secret().map(|s| s.expose()), two.secret().map(|s| s.expose())),
        (Err(one), Err(two)) => assert_eq!(one.to_string(), two.to_string()),
        _ => panic!("the same answer is read in two ways"),
    }
    let credential = match result {
        Ok(credential) => credential,
        Err(error) => return check_issuers_error(&error),
    };
    check_credential(&credential);
    check_debug(&credential);
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body);
    // A field that nobody reads may hold a number that is out of range, and no JSON of `serde_json`'s.
    let Ok(answer) = serde_json::from_slice::<Value>(text) else {
        assert!(serde_json::from_slice::<IgnoredAny>(text).is_ok(), "JSON, if it has a token");
        return;
    };
    let token = credential.secret().expect("a token").expose();
    assert_eq!(answer[if camel { "accessToken" } else { "access_token" }].as_str(), Some(token));
    assert!(matches!(answer["error"], Value::Null | Value::Bool(false)) || answer["error"] == "", "an error is none");
    let remaining = auth.status().remaining();
    assert!(remaining.is_none_or(|left| left <= Policy::default().lifetime_max), "{remaining:?}");
    if let Some(seconds) = answer["expires_in"].as_u64() {
        assert!(remaining.is_some_and(|left| left <= Duration::from_secs(seconds)), "{seconds}: {remaining:?}");
    }
}

/// A response with these headers, as far as they can be some.
pub fn response(status: u16, body: &[u8], headers: &[(&'static str, &[u8])]) -> Response<Bytes> {
    let mut response = Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            response.headers_mut().append(*name, value);
        }
    }
    response
}

/// What an exchange, which has the canary for its secret, makes of an answer that is given as often as it asks.
pub fn exchanged(answer: Response<Bytes>, camel: bool) -> (Authenticator, Result<Credential, Error>) {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    for _ in 0..Policy::default().attempts {
        server.answer_with(Ok(answer.clone()));
    }
    let endpoint = Arc::new(TokenEndpoint::parse("https://iam.acme.example/token").expect("a URL"));
    let source = source_fn(move |cx: FetchContext| {
        let endpoint = (*endpoint).clone();
        async move {
            let exchange = Exchange::new(endpoint).param("grant_type", "client_credentials");
            let exchange = exchange.basic_auth("client", &CANARY.into())?;
            let exchange = if camel { exchange.answer_names("accessToken", "tokenType") } else { exchange };
            let answer = exchange.send(&cx).await?;
            // The scope is no secret.
            check_debug(&(&answer.token, &answer.refresh_token));
            Ok(answer.token)
        }
    });
    let builder = Authenticator::builder(source).anywhere().transport(server).runtime(clock.clone());
    let auth = builder.build().expect("an authenticator");
    let result = clock.block_on_within(Duration::from_secs(9000), auth.token(Duration::ZERO));
    (auth, result)
}
