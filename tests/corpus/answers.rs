//! What token endpoints and APIs answer.

use std::time::{Duration, SystemTime};

use auth_core::exchange::{Exchange, TokenEndpoint};
use auth_core::runtime::FakeRuntime;
use auth_core::sources::{ApiKey, StaticToken};
use auth_core::{
    Access, Authenticator, Endpoint, Error, ErrorKind, FetchContext, source_fn, testing::ScriptedTransport,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};

use super::rows::{Parser, rows, without_names};
use crate::reqwest::api_stage::{ApiStage, answer};

const URL: &str = "https://iam.example.com/token";

fn sent(body: &[u8], camel: bool) -> Result<String, Error> {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    // What can't be read is asked for again.
    (0..3).for_each(|_| server.answer(200, Bytes::copy_from_slice(body)));
    let source = source_fn(move |cx: FetchContext| async move {
        let exchange = Exchange::new(TokenEndpoint::parse(URL)?).param("grant_type", "g");
        let exchange = if camel { exchange.answer_names("accessToken", "tokenType") } else { exchange };
        Ok(exchange.default_lifetime(None).send(&cx).await?.token)
    });
    let builder = Authenticator::builder(source).anywhere().transport(server).runtime(clock.clone());
    let auth = builder.build()?;
    let credential = clock.block_on_within(Duration::from_secs(600), auth.token(Duration::ZERO))?;
    Ok(credential.secret().map(|secret| secret.expose().to_owned()).unwrap_or_default())
}

#[test]
fn every_token_answer_gives_its_answer() {
    let (mut snake, mut camel) = (Parser::new("an exchange"), Parser::new("an exchange in other words"));
    for mut row in rows("token_response") {
        // A life of nothing is a token that is over when it comes: the cache says so, whoever the issuer is.
        if row.expect.ends_with("expires_in=0") {
            assert_eq!(sent(&row.bytes, false).unwrap_err().kind(), ErrorKind::ExpiredOnArrival, "{}", row.id);
            continue;
        }
        if row.reason().is_none() {
            row.expect = "ok:t".to_owned();
        } else if row.expect.contains('|') {
            // It names two; this is ours.
            row.expect = "err:NotJson".to_owned();
        }
        // An error answer's code is told.
        let secret = without_names(&row).replace("invalid_grant", "");
        snake.check(&row, "iam.example.com", secret.as_bytes(), sent(&row.bytes, false));
        let Ok(text) = String::from_utf8(row.bytes.clone()) else { continue };
        let renamed = text.replace("access_token", "accessToken").replace("token_type", "tokenType");
        camel.check(&row, "iam.example.com", secret.as_bytes(), sent(renamed.as_bytes(), true));
    }
}

fn november() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_305_600)
}

#[test]
fn every_pause_gives_its_answer_at_a_token_endpoint_and_everywhere() {
    for row in rows("retry_after") {
        let expect = row.expect.strip_prefix("ok:").map(|seconds| Duration::from_secs(seconds.parse().unwrap()));
        // What is no header never arrives.
        let Ok(value) = HeaderValue::from_bytes(&row.bytes) else {
            assert_eq!(expect, None, "{}", row.id);
            continue;
        };
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", value.clone());
        assert_eq!(auth_core::adapter::retry_after(&headers, november()), expect, "{}", row.id);

        let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
        assert_eq!(clock.wall(), november(), "the clock of the corpus");
        for _ in 0..3 {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert("retry-after", value.clone());
            server.answer_with(Ok(response));
        }
        let source = ApiKey::new(TokenEndpoint::parse(URL).unwrap(), "k").unwrap();
        let auth = Authenticator::builder(source).anywhere().transport(server).runtime(clock.clone()).build().unwrap();
        let error = clock.block_on_within(Duration::from_secs(9000), auth.token(Duration::ZERO)).unwrap_err();
        assert!(error.is_transient(), "{}: {error}", row.id);
        assert_eq!(error.retry_after(), expect, "{}", row.id);
    }
}

/// Whether a challenge is about the token, which is what asks for a new one, and never more than a 401.
#[test]
fn every_challenge_is_an_answer_and_never_an_error() {
    for row in rows("www_authenticate") {
        let Ok(value) = HeaderValue::from_bytes(&row.bytes) else { continue };
        let endpoint = Endpoint::parse("https://api.example.com").unwrap();
        let access = Access::new("acme", StaticToken::new("tok").unwrap(), endpoint);
        let stage = ApiStage::once(&access);
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if let Ok(value) = value.parse::<HeaderValue>().as_ref().map(|value| value.to_str().unwrap_or_default()) {
            stage.server.then(answer(401, "").header("www-authenticate", value));
            let error = stage.run(stage.client.get("/x").send()).0.unwrap_err();
            assert_eq!(error.kind(), auth_reqwest::ApiErrorKind::Authentication, "{}: {error}", row.id);
            assert!(
                error.to_string().len() < 300 && !format!("{error} {error:?}").contains("SECRET"),
                "{}: {error:?}",
                row.id
            );
        }
    }
}
