//! Every forgery we know how to make, and the reason it is refused for.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::{Party, verify};
use crate::{Rejection, rules, signing_key::SigningKey};

const ISSUER: &str = "http://127.0.0.1:1/identity";
const AUDIENCE: &str = "http://127.0.0.1:1/api";
const NOW: u64 = 1_800_000_000;

fn header() -> Value {
    json!({"alg": "RS256", "typ": "JWT", "kid": SigningKey::ID})
}

fn claims() -> Value {
    json!({"iss": ISSUER, "sub": "someone", "aud": AUDIENCE, "iat": NOW, "exp": NOW + 60, "jti": "1"})
}

/// `value` with one member set, or taken away with `Value::Null`.
fn with(mut value: Value, name: &str, member: Value) -> Value {
    let members = value.as_object_mut().unwrap();
    if member.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), member);
    }
    value
}

fn sign(header: impl ToString, claims: impl ToString) -> String {
    let key = SigningKey::of_this_process().unwrap().encoding();
    sign_with(header, claims, key, Algorithm::RS256)
}

fn sign_with(header: impl ToString, claims: impl ToString, key: &EncodingKey, algorithm: Algorithm) -> String {
    let [header, claims] = [header.to_string(), claims.to_string()].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
    let message = format!("{header}.{claims}");
    let signature = crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

fn check(token: &str, expected: Result<(), Rejection>) {
    let key = SigningKey::of_this_process().unwrap();
    let party = Party {
        issuers: vec![ISSUER.to_owned()],
        subject: None,
        audiences: vec![AUDIENCE.to_owned()],
        keys: vec![key.public(SigningKey::ID)],
    };
    let found = verify(&rules::ACCESS_TOKEN, token, Duration::from_secs(NOW), |_| Ok(party));
    assert_eq!(found.map(|_| ()), expected, "{}", &token[..token.len().min(400)]);
}

#[test]
fn a_good_token_is_taken_with_its_variants() {
    check(&sign(header(), claims()), Ok(()));
    check(&sign(with(header(), "typ", Value::Null), claims()), Ok(()));
    check(&sign(with(header(), "typ", json!("at+JWT")), claims()), Ok(()));
    check(&sign(header(), with(claims(), "aud", json!(["other", AUDIENCE]))), Ok(()));
    check(&sign(header(), with(claims(), "exp", json!(NOW as f64 + 0.5))), Ok(()));
    check(&sign(header(), with(claims(), "iat", Value::Null)), Ok(()));
    check(&sign(header(), with(claims(), "nbf", json!(NOW))), Ok(()));
}

#[test]
fn what_is_not_three_parts_is_refused() {
    let good = sign(header(), claims());
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    for token in
        ["", ".", "..", "...", "a", "a.b", "a..b", &format!("{unsigned}."), &format!("{good}.e30"), &format!(".{good}")]
    {
        check(token, Err(Rejection::Format));
    }
}

#[test]
fn loose_base64_is_refused() {
    let good = sign(header(), claims());
    check(&format!("{good}="), Err(Rejection::Base64));
    check(&format!("{good}=="), Err(Rejection::Base64));
    check(&format!("{good} "), Err(Rejection::Base64));
    check(&format!("{good}\n"), Err(Rejection::Base64));
    check(&format!(" {good}"), Err(Rejection::Base64));
    check(&format!("+{good}"), Err(Rejection::Base64));
    // 256 bytes leave four bits of the last character unused: another last character, the same bytes.
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = good.split_at(good.len() - 1);
    let at = ALPHABET.iter().position(|character| [*character] == last.as_bytes()).unwrap();
    check(&format!("{rest}{}", char::from(ALPHABET[at + 1])), Err(Rejection::Base64));
}

#[test]
fn a_header_that_is_no_header_is_refused() {
    for bad in [
        "not json",
        "[]",
        "\"RS256\"",
        "{}",
        r#"{"alg":["RS256"],"kid":"emulator-1"}"#,
        r#"{"alg":"none","alg":"RS256","kid":"emulator-1"}"#,
        r#"{"alg":"RS256","alg":"RS256","kid":"emulator-1"}"#,
        r#"{"alg":"RS256","kid":"emulator-1","typ":1}"#,
        "\u{feff}{\"alg\":\"RS256\",\"kid\":\"emulator-1\"}",
    ] {
        check(&sign(bad, claims()), Err(Rejection::Header));
    }
}

#[test]
fn the_header_does_not_choose_the_algorithm() {
    for alg in ["none", "None", "", "rs256", "RS384", "PS256", "ES256", "EdDSA", "XX999"] {
        check(&sign(with(header(), "alg", json!(alg)), claims()), Err(Rejection::Algorithm));
    }
    let key = SigningKey::of_this_process().unwrap();
    // The public key as an HMAC secret, the oldest forgery of all.
    let secret = EncodingKey::from_secret(key.public("").key.try_get_as_bytes().unwrap());
    let hs256 = with(header(), "alg", json!("HS256"));
    check(&sign_with(&hs256, claims(), &secret, Algorithm::HS256), Err(Rejection::Algorithm));
    check(&sign_with(header(), claims(), &secret, Algorithm::HS256), Err(Rejection::Signature));
    // The right key, the wrong padding, and a header that lies about it.
    check(&sign_with(header(), claims(), key.encoding(), Algorithm::PS256), Err(Rejection::Signature));
}

#[test]
fn a_signature_counts_only_for_what_it_signed() {
    let good = sign(header(), claims());
    let other = sign(header(), with(claims(), "sub", json!("someone else")));
    let (message, _) = good.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    check(&format!("{message}.{signature}"), Err(Rejection::Signature));
    check(&format!("{message}.AAAA"), Err(Rejection::Signature));
    check(&format!("{message}.{}", "A".repeat(342)), Err(Rejection::Signature));
}

#[test]
fn extensions_are_refused() {
    check(&sign(with(header(), "crit", json!(["exp"])), claims()), Err(Rejection::Crit));
    check(&sign(with(header(), "crit", json!([])), claims()), Err(Rejection::Crit));
    check(&sign(with(header(), "b64", json!(false)), claims()), Err(Rejection::Crit));
}

#[test]
fn another_kind_of_jwt_is_refused() {
    for typ in ["client-authentication+jwt", "dpop+jwt", "logout+jwt", ""] {
        check(&sign(with(header(), "typ", json!(typ)), claims()), Err(Rejection::Type));
    }
}

#[test]
fn a_key_that_the_token_brings_is_not_trusted() {
    let jwk = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
    for (name, value) in
        [("jwk", jwk), ("jku", json!("http://127.0.0.1:9/")), ("x5u", json!("http://127.0.0.1:9/")), ("x5c", json!([]))]
    {
        check(&sign(with(header(), name, value), claims()), Err(Rejection::Key));
    }
    for kid in [json!("../../dev/null"), json!("emulator-2"), json!(""), json!(1), Value::Null] {
        check(&sign(with(header(), "kid", kid), claims()), Err(Rejection::Key));
    }
}

#[test]
fn size_is_checked_before_base64() {
    check(&"!".repeat(64 * 1024 + 1), Err(Rejection::TooLarge));
    check(&"!".repeat(64 * 1024), Err(Rejection::Format));
    check(&sign(header(), with(claims(), "pad", json!("x".repeat(64 * 1024)))), Err(Rejection::TooLarge));
    check(&sign(with(header(), "kid", json!("k".repeat(8 * 1024))), claims()), Err(Rejection::TooLarge));
}

#[test]
fn claims_that_are_no_claims_are_refused() {
    for bad in ["not json", "[]", "\u{feff}{}", "{} {}"] {
        check(&sign(header(), bad), Err(Rejection::Claims));
    }
    let twice = claims().to_string().replacen('{', r#"{"sub":"admin","#, 1);
    check(&sign(header(), twice), Err(Rejection::Claims));
    let huge = with(claims(), "exp", Value::Null).to_string().replacen('{', r#"{"exp":1e400,"#, 1);
    check(&sign(header(), huge), Err(Rejection::Claims));
    for (name, value) in [
        ("exp", json!("4102444800")),
        ("exp", json!(-1)),
        ("exp", json!(1e300)),
        ("exp", json!([NOW + 60])),
        ("nbf", json!("4102444800")),
        ("iat", json!(true)),
        ("aud", json!(1)),
        ("aud", json!([AUDIENCE, 1])),
        ("iss", json!([ISSUER])),
        ("sub", json!(1)),
        ("jti", json!(1)),
    ] {
        check(&sign(header(), with(claims(), name, value)), Err(Rejection::Claims));
    }
}

#[test]
fn time_has_no_leeway() {
    check(&sign(header(), with(claims(), "exp", json!(NOW))), Err(Rejection::Expired));
    check(&sign(header(), with(claims(), "exp", json!(NOW - 1))), Err(Rejection::Expired));
    check(&sign(header(), with(claims(), "exp", json!(NOW + 1))), Ok(()));
    check(&sign(header(), with(claims(), "nbf", json!(NOW + 1))), Err(Rejection::NotYetValid));
    check(&sign(header(), with(claims(), "iat", json!(NOW + 1))), Err(Rejection::NotYetValid));
    check(&sign(header(), with(claims(), "exp", Value::Null)), Err(Rejection::MissingClaim("exp")));
}

#[test]
fn names_are_compared_character_by_character() {
    for aud in [Value::Null, json!([]), json!("other"), json!(format!("{AUDIENCE}/")), json!(AUDIENCE.to_uppercase())] {
        check(&sign(header(), with(claims(), "aud", aud)), Err(Rejection::Audience));
    }
    for iss in [Value::Null, json!("other"), json!(format!("{ISSUER}/"))] {
        check(&sign(header(), with(claims(), "iss", iss)), Err(Rejection::Issuer));
    }
    check(&sign(header(), with(claims(), "sub", Value::Null)), Err(Rejection::Subject));
    check(&sign(header(), with(claims(), "sub", json!(""))), Err(Rejection::Subject));
}

#[test]
fn what_could_not_be_revoked_is_refused() {
    check(&sign(header(), with(claims(), "jti", Value::Null)), Err(Rejection::MissingClaim("jti")));
}
