//! A source asks in the words that it was given, and what nobody states, it assumes as it was told.

use std::time::{Duration, SystemTime};

use auth_core::exchange::{ClientAuth, TokenEndpoint, TokenType};
use auth_core::runtime::FakeRuntime;
use auth_core::signer::PrivateKey;
use auth_core::sources::{ApiKey, ClientCredentials, JwtBearer, RefreshToken, StaticToken, TokenExchange};
use auth_core::testing::ScriptedTransport;
use auth_core::{Authenticator, Credential, TokenSource};

/// Made for these tests; nothing trusts it.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
const HOUR: Duration = Duration::from_secs(3600);

fn endpoint() -> TokenEndpoint {
    TokenEndpoint::parse("https://iam.example.com/token").unwrap()
}

/// The credential that the source makes of this answer; the form that it sent, and when.
fn made(source: impl TokenSource, answer: &'static str) -> (Credential, Vec<(String, String)>, SystemTime) {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    server.answer(200, answer);
    let auth = Authenticator::builder(source).anywhere().transport(server.clone()).runtime(clock.clone());
    let auth = auth.build().unwrap();
    let credential = clock.block_on(auth.token(Duration::ZERO)).unwrap();
    let body = server.requests().first().map(|request| request.body().clone()).unwrap_or_default();
    let form = form_urlencoded::parse(&body).into_owned().collect();
    (credential, form, auth.now().wall())
}

/// Of an answer that states no life it is the one that was said, and else the one that it states.
fn assumes(source: impl TokenSource + Clone) {
    let (credential, _, now) = made(source.clone(), r#"{"access_token":"t"}"#);
    assert_eq!(credential.expires_at(), Some(now + HOUR));
    let (credential, _, now) = made(source, r#"{"access_token":"t","expires_in":60}"#);
    assert_eq!(credential.expires_at(), Some(now + HOUR / 60));
}

#[test]
fn each_source_assumes_the_lifetime_that_it_was_given_where_nobody_states_one() {
    let (client, given) = (ClientAuth::basic("c", "s"), StaticToken::new("t").unwrap());
    assert_eq!(made(ApiKey::new(endpoint(), "k").unwrap(), r#"{"access_token":"t"}"#).0.expires_at(), None);
    assumes(ApiKey::new(endpoint(), "k").unwrap().default_lifetime(HOUR));
    assumes(ClientCredentials::new(endpoint(), client.clone()).default_lifetime(HOUR));
    assumes(JwtBearer::new(endpoint(), "service", PrivateKey::from_pem(KEY).unwrap()).default_lifetime(HOUR));
    assumes(RefreshToken::new(endpoint(), client.clone(), "r").unwrap().default_lifetime(HOUR));
    assumes(TokenExchange::new(endpoint(), client, given, TokenType::JWT).default_lifetime(HOUR));
}

#[test]
fn an_api_key_is_sent_in_the_words_of_the_issuer_that_takes_it() {
    let answer = r#"{"access_token":"t"}"#;
    let key = || ApiKey::new(endpoint(), "k").unwrap();
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let ibm = "urn:ibm:params:oauth:grant-type:apikey";
    let usual = [("grant_type", ibm), ("apikey", "k"), ("response_type", "cloud_iam")];
    assert_eq!(made(key(), answer).1, pairs(&usual));
    let other = key().grant_type("urn:example:key").key_field("secret_key").response_type(None);
    assert_eq!(made(other, answer).1, pairs(&[("grant_type", "urn:example:key"), ("secret_key", "k")]));
}

#[test]
fn a_credential_repeats_what_its_jwt_says_of_itself_and_of_another_token_nothing() {
    // {"alg":"none"}.{"sub":"u"}.x
    let jwt = StaticToken::new("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.eA").unwrap();
    let claims = made(jwt, "").0.claims().unwrap();
    assert_eq!(claims.get("sub").and_then(|subject| subject.as_str()), Some("u"));
    assert!(made(StaticToken::new("opaque").unwrap(), "").0.claims().is_none());
}
