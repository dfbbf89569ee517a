use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::exchange::ClientAuth;
use crate::source_fn;
use crate::sources::StaticToken;
use crate::sources::bench::Bench;

fn source() -> TokenExchange {
    let subject = StaticToken::new("subject-token").unwrap();
    TokenExchange::new(Bench::endpoint(), Client::unnamed(), subject, TokenType::JWT)
}

/// To each of the three tries that there may be.
fn answers(bench: &Bench, token_type: &str, issued: &str) {
    let kind = format!(r#""token_type":"{token_type}","issued_token_type":{issued}"#);
    for _ in 0..3 {
        bench.answers(200, &format!(r#"{{"access_token":"t",{kind},"expires_in":60}}"#));
    }
}

const ACCESS_TOKEN: &str = r#""urn:ietf:params:oauth:token-type:access_token""#;

#[test]
fn the_smallest_request_names_the_subject_alone() {
    let bench = Bench::new(source());
    answers(&bench, "Bearer", ACCESS_TOKEN);
    assert_eq!(bench.token().unwrap(), "t");
    let expect = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", "subject-token"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
    ];
    assert_eq!(bench.last().form(), expect);
    assert_eq!(bench.last().basic(), None);
}

#[test]
fn every_part_of_the_request_can_be_set() {
    let subject = StaticToken::new("subject-token").unwrap();
    let actor = StaticToken::new("actor-token").unwrap();
    let client = ClientAuth::basic("id", "s");
    let source = TokenExchange::new(Bench::endpoint(), client, subject, TokenType::ID_TOKEN)
        .actor(actor, TokenType::new("urn:example:badge"))
        .requested_token_type(TokenType::ACCESS_TOKEN)
        .audience("a")
        .audience("b")
        .resource("https://r/")
        .scope("x y")
        .param("options", "{}");
    let bench = Bench::new(source);
    answers(&bench, "Bearer", ACCESS_TOKEN);
    assert_eq!(bench.token().unwrap(), "t");
    let expect = [
        ("grant_type", GRANT_TYPE),
        ("subject_token", "subject-token"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ("actor_token", "actor-token"),
        ("actor_token_type", "urn:example:badge"),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("audience", "a"),
        ("audience", "b"),
        ("resource", "https://r/"),
        ("scope", "x y"),
        ("options", "{}"),
    ];
    assert_eq!(bench.last().form(), expect);
    assert_eq!(bench.last().basic().as_deref(), Some("id:s"));
}

#[test]
fn another_type_than_the_requested_one_is_an_error() {
    for (issued, fine) in [
        (ACCESS_TOKEN, true),
        ("null", true),
        (r#""urn:ietf:params:oauth:token-type:jwt""#, false),
        (r#""""#, false),
        ("7", true),
    ] {
        let bench = Bench::new(source().requested_token_type(TokenType::ACCESS_TOKEN));
        answers(&bench, "Bearer", issued);
        match bench.token() {
            Ok(token) => assert!(fine && token == "t", "{issued}"),
            Err(error) => assert!(!fine && error.kind() == ErrorKind::Malformed, "{issued}: {error}"),
        }
    }
}

#[test]
fn what_is_no_access_token_is_an_error_unless_asked_for() {
    let bench = Bench::new(source());
    answers(&bench, "N_A", "null");
    let error = bench.token().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("token type"), "{error}");

    for (token_type, fine) in [("N_A", true), ("n_a", true), ("bearer", true), ("DPoP", false)] {
        let bench = Bench::new(source().accept_not_applicable());
        answers(&bench, token_type, "null");
        let credential = bench.token();
        assert_eq!(credential.is_ok(), fine, "{token_type}");
        if fine {
            let mut headers = http::HeaderMap::new();
            let uri = http::Uri::from_static("https://api.example.com/");
            bench.auth.attach(&uri, &mut headers).unwrap();
            assert_eq!(headers["authorization"], "Bearer t", "{token_type}");
        }
    }
}

#[test]
fn the_subject_is_asked_anew_each_time() {
    let count = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&count);
    let subject = source_fn(move |_| {
        let number = counter.fetch_add(1, Ordering::SeqCst);
        async move { Ok(Token::bearer(format!("s{number}")).expires_in(Duration::from_secs(3600))) }
    });
    let bench = Bench::new(TokenExchange::new(Bench::endpoint(), Client::unnamed(), subject, TokenType::JWT));
    bench.grants("a");
    assert_eq!(bench.token().unwrap(), "a");
    bench.advance(3600);
    bench.grants("b");
    assert_eq!(bench.token().unwrap(), "b");
    let sent: Vec<String> = bench.all().iter().map(|request| request.field("subject_token").to_owned()).collect();
    assert_eq!(sent, ["s0", "s1"]);
}

#[test]
fn without_a_subject_nothing_is_sent() {
    let unavailable = source_fn(|_| async { Err(Error::unavailable("set SUBJECT_TOKEN")) });
    let none = source_fn(|_| async { Ok(Token::none_needed()) });
    let made = |subject: Box<dyn TokenSource>| {
        let bench = Bench::new(TokenExchange::new(Bench::endpoint(), Client::unnamed(), subject, TokenType::JWT));
        let error = bench.token().unwrap_err();
        assert_eq!(bench.requests(), 0);
        error
    };
    // Not an error of its own: a chain goes on.
    assert_eq!(made(Box::new(unavailable)).kind(), ErrorKind::Unavailable);
    assert_eq!(made(Box::new(none)).kind(), ErrorKind::Misconfigured);
}

#[test]
fn a_refusal_repeats_no_token() {
    let bench = Bench::new(source());
    bench.answers(400, r#"{"error":"invalid_request","error_description":"subject-token has expired"}"#);
    let error = bench.token().unwrap_err();
    assert_eq!((error.kind(), error.code(), error.description()), (ErrorKind::Rejected, Some("invalid_request"), None));
    assert!(error.to_string().contains("the issuer refused the token exchange"), "{error}");
    let shown = format!("{:?}", source().actor(StaticToken::new("actor-token").unwrap(), TokenType::JWT));
    assert!(!shown.contains("subject-token") && !shown.contains("actor-token\""), "{shown}");
}
