//! An API client's errors say what to change, and repeat no secret.

use std::error::Error as _;
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::settings::{Found, Provenance};
use auth_core::{Access, Endpoint, Error, ErrorKind};
use auth_reqwest::{ApiClient, ApiErrorKind as Kind};

use super::api_stage::{ApiStage, BASE, Server, TOKEN, access, answer};
use crate::rig::Counting;

#[test]
fn every_status_has_its_kind() {
    for (status, kind, transient) in [
        (400, Kind::Validation, false),
        (401, Kind::Authentication, false),
        (403, Kind::PermissionDenied, false),
        (404, Kind::NotFound, false),
        (409, Kind::Conflict, false),
        (410, Kind::NotFound, false),
        (412, Kind::Conflict, false),
        (418, Kind::Other, false),
        (422, Kind::Validation, false),
        (429, Kind::RateLimit, true),
        (500, Kind::Server, true),
        (503, Kind::Server, true),
        (302, Kind::Other, false),
        (304, Kind::Other, false),
    ] {
        let error = ApiStage::once(&access()).error(answer(status, ""));
        assert_eq!((error.kind(), error.is_transient()), (kind, transient), "{status}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        let text = error.to_string();
        assert!(text.contains(&format!("[api.acme.example {status}]")) && text.len() < 300, "{text}");
        assert!(text.starts_with(|c: char| c.is_lowercase()) || text.starts_with("the API"), "{text}");
        assert!(!text.ends_with('.') && !text.contains("things"), "{text}");
    }
}

#[test]
fn a_refused_credential_is_named_with_its_place_and_the_api_s_words() {
    let body = r#"{"error":{"message":"Invalid API token","code":"authentication_error"}}"#;
    let error = ApiStage::new().error(answer(401, body).header("x-request-id", "r-17"));
    assert_eq!(
        error.to_string(),
        "the token in the variable ACME_TOKEN was refused (authentication_error: Invalid API token) \
         [api.acme.example 401] (request r-17)"
    );
    assert_eq!((error.code(), error.message()), (Some("authentication_error"), Some("Invalid API token")));
    // Why there was no second try.
    assert!(error.auth().is_some() && error.source().is_some());
    let denied = ApiStage::new().error(answer(403, r#"{"detail":"not yours"}"#)).to_string();
    assert!(
        denied.starts_with("access to the resource was denied to the token in the variable ACME_TOKEN"),
        "{denied}"
    );
}

#[test]
fn without_a_credential_the_platform_is_at_fault_and_not_a_token() {
    let sidecar = Endpoint::parse("http://ivcap.local").unwrap();
    let text = ApiStage::of(&Access::none_needed("ivcap", sidecar)).error(answer(401, "")).to_string();
    assert!(text.contains("platform") && text.contains("ivcap") && text.contains("was refused"), "{text}");
    let stage = ApiStage::new();
    stage.server.then(answer(401, ""));
    let own = stage.client.get("/x").header("authorization", "Bearer own");
    assert!(stage.run(own.send()).0.unwrap_err().to_string().starts_with("the request's own credential was refused"));
}

#[test]
fn a_field_a_pause_and_an_id_are_read_from_every_systems_answer() {
    let stage = ApiStage::once(&access());
    let error = stage.error(answer(422, r#"{"error":{"message":"too long","code":"invalid","field":"name"}}"#));
    assert_eq!((error.field(), error.kind()), (Some("name"), Kind::Validation));
    assert!(error.to_string().contains("(invalid: name: too long)"), "{error}");
    let error = stage.error(answer(429, "").header("retry-after", "7"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert!(error.to_string().contains("come back in 7 s"), "{error}");
    let ibm = r#"{"errors":[{"code":"model_not_supported","message":"no such model"}],"trace":"0a1b2c"}"#;
    let error = stage.error(answer(404, ibm));
    assert_eq!((error.code(), error.request_id()), (Some("model_not_supported"), Some("0a1b2c")));
    let skyflow = r#"{"error":{"grpc_code":16,"http_code":401,"message":"token expired","details":[]}}"#;
    let error = stage.error(answer(401, skyflow).header("x-request-id", "sky-1"));
    assert_eq!(
        (error.code(), error.message(), error.request_id()),
        (Some("401"), Some("token expired"), Some("sky-1"))
    );
}

#[test]
fn what_the_api_quotes_of_the_token_is_not_repeated() {
    for body in [
        format!(r#"{{"detail":"bad token {TOKEN}"}}"#),
        format!(r#"{{"detail":"bad header: Bearer {TOKEN}"}}"#),
        format!(r#"{{"error":{{"message":"bad","code":"{TOKEN}","field":"{TOKEN}"}},"trace":"{TOKEN}"}}"#),
        format!(r#"{{"detail":"x{}"}}"#, &TOKEN[3..14]),
    ] {
        let error = ApiStage::new().error(answer(401, &body).header("x-correlation-id", TOKEN));
        let said = format!("{error} {error:?} {:?} {:?} {:?}", error.message(), error.code(), error.request_id());
        let pieces: Vec<_> = TOKEN.as_bytes().windows(8).map(|piece| std::str::from_utf8(piece).unwrap()).collect();
        assert!(!pieces.iter().any(|piece| said.contains(piece)), "{body}: {said}");
    }
    let error = ApiStage::new().error(answer(401, format!(r#"{{"detail":"bad token {TOKEN} here"}}"#)));
    assert_eq!(error.message(), Some("bad token … here"));
}

#[test]
fn long_words_strange_ones_and_endless_bodies_stay_one_short_line() {
    let stage = ApiStage::once(&access());
    let long = format!(r#"{{"detail":"{}"}}"#, "much said ".repeat(10_000));
    let error = stage.error(answer(403, &long).header("x-request-id", &"r".repeat(100)));
    assert!(error.to_string().len() < 300, "{error}");
    let error = stage.error(answer(400, "{\"detail\":\"a\\u001b[2J\\r\\nb\\u202e\"}"));
    assert!(error.to_string().chars().all(|c| !c.is_control() && c != '\u{202e}'), "{error}");
    for garbage in ["<html>secret page</html>".to_owned(), format!("{{\"a\":{}", "[".repeat(100_000))] {
        let error = stage.error(answer(500, garbage));
        assert_eq!((error.message(), error.kind()), (None, Kind::Server));
    }
}

#[test]
fn an_answer_that_is_not_what_was_expected_is_told_by_its_place_and_not_quoted() {
    let stage = ApiStage::new();
    let read = |body: &str| {
        stage.server.then(answer(200, body).header("x-request-id", "r-1"));
        stage.run(async { stage.client.get("/x").send().await?.json::<Vec<u8>>().await }).0.unwrap_err()
    };
    let error = read("\n  [\"secret\"]");
    assert_eq!(error.kind(), Kind::Decode);
    assert!(error.to_string().contains("line 2") && !error.to_string().contains("secret"), "{error}");
    assert_eq!(error.request_id(), Some("r-1"));
    let error = read("<html>secret");
    assert!(error.to_string().contains("no JSON") && !error.to_string().contains("secret"), "{error}");
}

#[test]
fn a_lost_connection_is_told_without_the_url() {
    let stage = ApiStage::once(&access());
    stage.server.then_refuse();
    let error = stage.run(stage.client.get("/x?key=secret-in-a-query").send()).0.unwrap_err();
    assert_eq!((error.kind(), error.is_transient(), error.status()), (Kind::Network, true, None));
    assert_eq!(error.to_string(), "the API could not be reached: connection refused [api.acme.example]");
    assert!(!format!("{error:?}").contains("secret") && error.source().is_none());
}

#[test]
fn without_a_token_nothing_is_sent_and_the_error_says_why() {
    for (error, kind) in [
        (Error::new(ErrorKind::Rejected, "the issuer refused the API key"), Kind::Authentication),
        (Error::unavailable("no token is configured: set ACME_TOKEN"), Kind::Authentication),
        (Error::misconfigured("the token in ACME_TOKEN is quoted"), Kind::Authentication),
        (Error::transient("the token endpoint answered 503"), Kind::TokenUnavailable),
    ] {
        let (server, source, clock) = (Server::default(), Counting::default(), FakeRuntime::new());
        let access = Access::new("acme", source.clone(), Endpoint::parse(BASE).unwrap()).with_credential(&Found::new(
            "token",
            TOKEN,
            Provenance::Variable("ACME_TOKEN".to_owned()),
        ));
        let mut policy = auth_core::Policy::default();
        policy.attempts = 1;
        let builder = ApiClient::builder(&access).runtime(clock.clone()).policy(policy);
        let client = builder.with_inside(server.clone()).build().unwrap();
        source.fail_once(error.clone());
        let failed = clock.block_on(client.get("/x").send()).unwrap_err();
        assert_eq!((failed.kind(), failed.is_transient()), (kind, kind == Kind::TokenUnavailable), "{failed}");
        assert_eq!(failed.auth().map(Error::kind), Some(error.kind()));
        assert!(failed.to_string().contains("not sent") && failed.to_string().contains("ACME_TOKEN"), "{failed}");
        assert_eq!((server.got().len(), source.fetches()), (0, 1), "FAIL-17: it is not repeated");
    }
}

#[test]
fn a_middlewares_own_error_is_handed_on_as_the_cause() {
    struct Broken;
    #[async_trait::async_trait]
    impl reqwest_middleware::Middleware for Broken {
        async fn handle(
            &self,
            _: reqwest::Request,
            _: &mut http::Extensions,
            _: reqwest_middleware::Next<'_>,
        ) -> reqwest_middleware::Result<reqwest::Response> {
            Err(anyhow::anyhow!("broken").into())
        }
    }
    let stage = ApiStage::with(&access(), |builder| builder.with(Broken));
    let error = stage.run(stage.client.get("/x").send()).0.unwrap_err();
    assert_eq!((error.kind(), error.source().unwrap().to_string().as_str()), (Kind::Other, "broken"));
    assert!(stage.server.got().is_empty());
}

#[test]
fn a_success_that_repeats_the_token_as_its_id_does_not_bring_it_into_an_error() {
    let key = "sky-ab123-0123456789abcdef0123456789abcdef";
    let source = auth_core::sources::StaticToken::new(key).unwrap();
    let stage = ApiStage::of(&Access::new("acme", source, Endpoint::parse(BASE).unwrap()));
    for id in [key, &key[4..20], &format!("req-{key}")] {
        let odd = || answer(200, "<html>").header("x-request-id", id).header("x-correlation-id", id);
        stage.server.then(odd());
        let json = stage.run(async { stage.client.get("/x").send().await?.json::<u8>().await }).0.unwrap_err();
        stage.server.then(odd());
        let pages = stage.client.pages::<u8>("/x", auth_reqwest::Paging::link_header());
        let page = stage.run(pages.all()).0.unwrap_err();
        stage.server.then(answer(200, "{}").header("x-request-id", id));
        let pages = stage.client.pages::<u8>("/x", auth_reqwest::Paging::offset(2));
        let no_list = stage.run(pages.all()).0.unwrap_err();
        for error in [json, page, no_list] {
            assert_eq!((error.kind(), error.request_id()), (Kind::Decode, None));
            assert!(!format!("{error} {error:?}").contains("0123"), "{error}");
        }
    }
    // A cookie of the request's own has its secret anywhere.
    stage.server.then(answer(200, "<html>").header("x-request-id", "first-cookie-value"));
    let own = stage.client.get("/x").header("cookie", "a=first-cookie-value; b=1");
    let error = stage.run(async { own.send().await?.json::<u8>().await }).0.unwrap_err();
    assert_eq!(error.request_id(), None);
}
