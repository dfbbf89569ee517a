//! The forgeries.

use std::cell::LazyCell;

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::{
    seat::{Kind, NOW, Seat, Stage},
    token::{base64url, signed, with},
    tools::{Forge, loosened},
};
use crate::public_key;

/// Rows about keys, which are refused before any token is there.
pub(crate) const NOT_OF_A_TOKEN: &[&str] = &["rsa_1024", "ed25519_small_order"];

/// The tokens to present one after the other, of which the last counts. `None` where there is no such forgery.
pub(crate) fn forged(id: &str, stage: &Stage, seat: &Seat) -> Option<Vec<String>> {
    let forge = Forge { stage, seat };
    // Signing takes most of the time.
    let good = LazyCell::new(|| forge.token(&seat.header, &seat.claims));
    let halves = || good.rsplit_once('.').unwrap();
    let (message, signature) = (|| halves().0, || halves().1);
    let one = match id {
        "ok" => good.to_string(),
        "alg_None" => forge.header("alg", json!("None")),
        "alg_none_with_signature" => forge.header("alg", json!("none")),
        "alg_none_without_signature" => {
            let header = with(&seat.header, "alg", Some(json!("none"))).to_string();
            format!("{}.{}.", base64url(header), base64url(seat.claims.to_string()))
        }
        "alg_missing" => forge.without_header("alg"),
        "alg_null" => forge.header("alg", Value::Null),
        "alg_empty" => forge.header("alg", json!("")),
        "alg_lower_case" => forge.header("alg", json!(public_key::name(seat.algorithm).to_lowercase())),
        "alg_unknown" => forge.header("alg", json!("XX999")),
        "alg_array" => forge.header("alg", json!([public_key::name(seat.algorithm)])),
        "alg_of_another_key_type" => {
            forge.header("alg", json!(if seat.algorithm == Algorithm::RS256 { "ES256" } else { "RS256" }))
        }
        "alg_hs256_with_rsa_pub_der" => {
            let public = seat.key.public("").key;
            let secret = EncodingKey::from_secret(public.try_get_as_bytes().unwrap());
            let header = with(&seat.header, "alg", Some(json!("HS256")));
            signed(&header.to_string(), &seat.claims.to_string(), &secret, Algorithm::HS256)
        }
        "alg_ps256_key_rs256" => {
            let header = with(&seat.header, "alg", Some(json!("PS256"))).to_string();
            let algorithm = if seat.algorithm == Algorithm::RS256 { Algorithm::PS256 } else { seat.algorithm };
            signed(&header, &seat.claims.to_string(), seat.key.encoding(), algorithm)
        }
        "bad_sig" | "sig_of_another" => {
            let other = forge.token(&seat.header, &with(&seat.claims, "admin", Some(json!(true))));
            let (_, signature) = other.rsplit_once('.').unwrap();
            format!("{}.{signature}", message())
        }
        "sig_empty" => format!("{}.", message()),
        "sig_short" => format!("{}.AAAA", message()),
        "sig_padded" => format!("{}=", *good),
        "sig_standard_base64" => format!("{}.+{}", message(), &signature()[1..]),
        "sig_nonzero_trailing_bits" => format!("{}.{}", message(), loosened(signature())),
        "es256_sig_zero" => {
            let header = with(&seat.header, "alg", Some(json!("ES256"))).to_string();
            format!("{}.{}.{}", base64url(header), base64url(seat.claims.to_string()), base64url([0; 64]))
        }
        "two_parts" => message().to_owned(),
        "four_parts" => format!("{}.e30", *good),
        "five_parts" => format!("{}.e30.e30", *good),
        "only_dots" => "..".to_owned(),
        "empty" => String::new(),
        "ws_start" => format!(" {}", *good),
        "ws_end" => format!("{} ", *good),
        "header_not_json" => forge.raw_header("not json"),
        "header_array" => forge.raw_header("[]"),
        "header_bom" => forge.raw_header(&format!("\u{feff}{}", seat.header)),
        "header_trailing" => forge.raw_header(&format!("{} {{}}", seat.header)),
        "header_dup_alg" => forge.raw_header(&seat.header.to_string().replacen('{', r#"{"alg":"none","#, 1)),
        "header_dup_escaped" => forge.raw_header(&seat.header.to_string().replacen('{', r#"{"\u0061lg":"none","#, 1)),
        "header_dup_kid" => {
            let header = with(&seat.header, "kid", Some(json!(seat.key_id))).to_string();
            forge.raw_header(&header.replacen('{', r#"{"kid":"other","#, 1))
        }
        "claims_array" => forge.raw_claims("[]"),
        "claims_text" => forge.raw_claims("\"admin\""),
        "claims_trailing" => forge.raw_claims(&format!("{} {{}}", seat.claims)),
        "claims_dup_sub" => forge.raw_claims(&seat.claims.to_string().replacen('{', r#"{"sub":"admin","#, 1)),
        "claims_dup_exp" => forge.raw_claims(&seat.claims.to_string().replacen('{', r#"{"exp":4102444800,"#, 1)),
        "claims_dup_escaped" => forge.raw_claims(&seat.claims.to_string().replacen('{', r#"{"\u0073ub":"admin","#, 1)),
        "claims_deep" => {
            let deep = format!("{{\"deep\":{}{},", "[".repeat(1000), "]".repeat(1000));
            forge.raw_claims(&seat.claims.to_string().replacen('{', &deep, 1))
        }
        "claims_invalid_utf8" => {
            forge.bytes(&[&b"{\"a\":\"\xff\","[..], &seat.claims.to_string().as_bytes()[1..]].concat())
        }
        "bom_claims" => forge.raw_claims(&format!("\u{feff}{}", seat.claims)),
        "exp_now" => forge.claim("exp", json!(NOW)),
        "exp_past" => forge.claim("exp", json!(NOW - 1)),
        "exp_fraction_past" => forge.claim("exp", json!(NOW as f64 - 0.5)),
        "exp_string" => forge.claim("exp", json!("4102444800")),
        "exp_missing" => forge.without_claim("exp"),
        "exp_float" => forge.claim("exp", json!(NOW as f64 + 30.5)),
        "exp_negative" => forge.claim("exp", json!(-1)),
        "exp_null" => forge.claim("exp", Value::Null),
        "exp_array" => forge.claim("exp", json!([NOW + 60])),
        "exp_far_future" => forge.claim("exp", json!(NOW + 3601)),
        "exp_1e400" => {
            let claims = with(&seat.claims, "exp", None).to_string();
            forge.raw_claims(&claims.replacen('{', r#"{"exp":1e400,"#, 1))
        }
        "nbf_string_far_future" => forge.claim("nbf", json!("4102444800")),
        "nbf_future" => forge.claim("nbf", json!(NOW + 61)),
        "nbf_now" => forge.claim("nbf", json!(NOW)),
        "nbf_null" => forge.claim("nbf", Value::Null),
        "iat_future" => forge.claim("iat", json!(NOW + 61)),
        "iat_within_leeway" => forge.claim("iat", json!(NOW + 60)),
        "iat_text" => forge.claim("iat", json!("now")),
        "iat_fraction" => forge.claim("iat", json!(NOW as f64 - 0.5)),
        "aud_missing" => forge.without_claim("aud"),
        "aud_null" => forge.claim("aud", Value::Null),
        "aud_number" => forge.claim("aud", json!(1)),
        "aud_object" => forge.claim("aud", json!({"aud": forge.audience()})),
        "aud_array_with_ours" => forge.claim("aud", json!(["other", forge.audience()])),
        "aud_array_with_a_number" => forge.claim("aud", json!([forge.audience(), 1])),
        "aud_empty_array" => forge.claim("aud", json!([])),
        "aud_array_of_others" => forge.claim("aud", json!(["other", "another"])),
        "aud_trailing_slash" => forge.claim("aud", json!(format!("{}/", forge.audience()))),
        "aud_case" => forge.claim("aud", json!(forge.audience().to_uppercase())),
        "aud_token_endpoint" => forge.claim("aud", json!(forge.token_endpoint())),
        "aud_of_another_system" => forge.claim("aud", json!(format!("{}/podstack", stage.emulator.url()))),
        "iss_other" => forge.claim("iss", json!("https://other.example")),
        "iss_missing" => forge.without_claim("iss"),
        "iss_trailing_slash" => forge.claim("iss", json!(format!("{}/", seat.claims["iss"].as_str().unwrap()))),
        "iss_array" => forge.claim("iss", json!([seat.claims["iss"]])),
        "sub_missing" => forge.without_claim("sub"),
        "sub_empty" => forge.claim("sub", json!("")),
        "sub_number" => forge.claim("sub", json!(1)),
        "sub_other" => forge.claim("sub", json!("somebody else")),
        "jti_missing" => forge.without_claim("jti"),
        "jti_number" => forge.claim("jti", json!(1)),
        // The name that it is found by in the book.
        "jti_empty" if seat.kind == Kind::PersonalAccessToken => return None,
        "jti_empty" => forge.claim("jti", json!("")),
        "jti_replay" => {
            let once = forge.claim("jti", json!(format!("replayed-{}", seat.claims["jti"])));
            // The personal access token's `jti` is its name in the book, and stays.
            let once = if seat.kind == Kind::PersonalAccessToken { good.to_string() } else { once };
            return Some(vec![once.clone(), once]);
        }
        "typ_wrong" => match seat.kind {
            Kind::Access(_) => forge.header("typ", json!("client-authentication+jwt")),
            _ => forge.header("typ", json!("at+jwt")),
        },
        "typ_missing" => forge.without_header("typ"),
        "typ_jwt" => forge.header("typ", json!("JWT")),
        "typ_number" => forge.header("typ", json!(1)),
        "typ_empty" => forge.header("typ", json!("")),
        "typ_dpop" => forge.header("typ", json!("dpop+jwt")),
        "typ_with_application" => {
            forge.header("typ", json!(format!("application/{}", seat.header["typ"].as_str().unwrap())))
        }
        "crit_unknown" => forge.header("crit", json!(["x-unknown"])),
        "crit_empty" => forge.header("crit", json!([])),
        "crit_known" => forge.header("crit", json!(["exp"])),
        "b64_false" => forge.header("b64", json!(false)),
        "jwk_embedded" => forge.header("jwk", seat.key.jwk().clone()),
        "jku" => forge.header("jku", json!(format!("{}/jwks", stage.emulator.other_origin()))),
        "x5u" => forge.header("x5u", json!(format!("{}/cert", stage.emulator.other_origin()))),
        "x5c" => forge.header("x5c", json!(["MIIB"])),
        "kid_path" => forge.header("kid", json!("../../dev/null")),
        "kid_huge" => forge.header("kid", json!("k".repeat(8 * 1024))),
        "kid_other_tenant" => forge.header("kid", json!(stage.other.key_id())),
        "kid_missing" => forge.without_header("kid"),
        "kid_number" => forge.header("kid", json!(1)),
        "kid_empty" => forge.header("kid", json!("")),
        "kid_sql" => forge.header("kid", json!("' OR 1=1 --")),
        "kid_null" => forge.header("kid", Value::Null),
        "big_64k" => forge.claim("pad", json!("x".repeat(64 * 1024))),
        "deleted_pat" => return forge.deleted(),
        _ => panic!("no forgery is known for {id}"),
    };
    Some(vec![one])
}
