//! Keys that must not be registered, and those that may.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{PublicKey, UnfitKey};
use crate::signing_key::SigningKey;

fn jwk(algorithm: Algorithm) -> Value {
    SigningKey::handed_out(algorithm, 0).unwrap().jwk().clone()
}

fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn check(jwk: &Value, expected: Result<Algorithm, UnfitKey>) {
    let found = PublicKey::from_jwk("id", jwk).map(|key| key.algorithm);
    assert_eq!(found, expected, "{jwk}");
}

/// `jwk` with one member changed.
fn with(mut jwk: Value, name: &str, value: impl Into<Value>) -> Value {
    jwk[name] = value.into();
    jwk
}

#[test]
fn a_key_is_for_the_algorithm_of_its_type_alone() {
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        check(&jwk(algorithm), Ok(algorithm));
        check(&with(jwk(algorithm), "alg", super::name(algorithm)), Ok(algorithm));
        check(&with(jwk(algorithm), "alg", "HS256"), Err(UnfitKey::Algorithm));
        check(&with(jwk(algorithm), "kty", "oct"), Err(UnfitKey::Algorithm));
    }
    check(&with(jwk(Algorithm::ES256), "crv", "P-384"), Err(UnfitKey::Algorithm));
    check(&with(jwk(Algorithm::EdDSA), "crv", "X25519"), Err(UnfitKey::Algorithm));
    for no_key in [json!({}), json!(null), json!([]), json!({"kty": "RSA"}), json!({"kty": "EC", "crv": "P-256"})] {
        check(&no_key, Err(UnfitKey::Format));
    }
}

#[test]
fn a_weak_rsa_key_is_refused() {
    let good = jwk(Algorithm::RS256);
    let short = |bytes: usize| base64url(&vec![0xC1; bytes]);
    check(&with(good.clone(), "n", short(128)), Err(UnfitKey::Weak));
    check(&with(good.clone(), "n", short(255)), Err(UnfitKey::Weak));
    check(&with(good.clone(), "n", short(256)), Ok(Algorithm::RS256));
    // 2047 bits, and 1024 behind zeros.
    check(&with(good.clone(), "n", base64url(&[&[0x7F][..], &[1; 255]].concat())), Err(UnfitKey::Weak));
    check(&with(good.clone(), "n", base64url(&[&[0; 128][..], &[0xC1; 128]].concat())), Err(UnfitKey::Weak));
    check(&with(good.clone(), "n", ""), Err(UnfitKey::Weak));
    for exponent in [&[1][..], &[0, 1], &[2], &[], &[1; 9]] {
        check(&with(good.clone(), "e", base64url(exponent)), Err(UnfitKey::Weak));
    }
    check(&with(good.clone(), "e", base64url(&[3])), Ok(Algorithm::RS256));
    check(&with(good, "e", "AQAB="), Err(UnfitKey::Format));
}

#[test]
fn a_point_off_the_curve_is_refused() {
    let good = jwk(Algorithm::ES256);
    check(&with(good.clone(), "x", base64url(&[7; 32])), Err(UnfitKey::Format));
    check(&with(good, "x", base64url(&[0; 31])), Err(UnfitKey::Format));
    check(
        &json!({"kty": "EC", "crv": "P-256", "x": base64url(&[0; 32]), "y": base64url(&[0; 32])}),
        Err(UnfitKey::Format),
    );
}

#[test]
fn an_ed25519_point_of_small_order_is_refused_with_either_sign() {
    let good = jwk(Algorithm::EdDSA);
    for y in super::SMALL_ORDER {
        for sign in [0, 0x80] {
            let mut y = y;
            y[31] |= sign;
            check(&with(good.clone(), "x", base64url(&y)), Err(UnfitKey::SmallOrder));
        }
    }
    check(&with(good, "x", base64url(&[1; 33])), Err(UnfitKey::Format));
}

/// That the list is right: a signature with `R` the point itself and `S` zero fits every message whose hash is a multiple
/// of 8, which one of a few dozen is.
#[test]
fn a_signature_by_a_point_of_small_order_fits_what_nobody_signed() {
    use aws_lc_rs::signature::{ED25519, VerificationAlgorithm};
    for y in [super::SMALL_ORDER[1], super::SMALL_ORDER[5], super::SMALL_ORDER[6]] {
        let neutral = super::SMALL_ORDER[1];
        let signature = [neutral, [0; 32]].concat();
        let fits = (0..200_u32).any(|i| ED25519.verify_sig(&y, &i.to_be_bytes(), &signature).is_ok());
        assert!(fits, "not of small order: {y:?}");
    }
}
