use serde_json::json;

use super::*;
use crate::ErrorKind;
use crate::exchange::ClientAuth;
use crate::signer::Algorithm;
use crate::signer::test_keys::{ALL, key, verified};
use crate::sources::bench::Bench;

fn source(algorithm: Algorithm) -> JwtBearer {
    JwtBearer::new(Bench::endpoint(), "service", key(algorithm))
}

#[test]
fn the_issuer_gets_an_assertion_that_it_can_verify() {
    for algorithm in ALL {
        let bench = Bench::new(source(algorithm));
        bench.grants("t");
        assert_eq!(bench.token().unwrap(), "t");
        let request = bench.last();
        let expect = [("grant_type", GRANT_TYPE), ("assertion", request.field("assertion"))];
        assert_eq!(request.form(), expect);
        assert_eq!(request.basic(), None);
        let (header, claims) = verified(algorithm, request.field("assertion"));
        assert_eq!(header, json!({"alg": algorithm.name(), "typ": "JWT"}));
        let expect = json!({
            "iss": "service", "sub": "service", "aud": Bench::URL,
            "iat": Bench::START - 30, "exp": Bench::START + 270, "jti": claims["jti"],
        });
        assert_eq!(claims, expect);
    }
}

#[test]
fn every_part_of_it_can_be_set() {
    let source = source(Algorithm::Es256)
        .subject("user@example.com")
        .audience("https://issuer.example.com")
        .key_id("k1")
        .typ("authorization-grant+jwt")
        .lifetime(Duration::from_secs(60))
        .claim("ctx", json!({"tenant": 7}))
        .unwrap()
        .scope("a b")
        .param("tenant", "x")
        .client(ClientAuth::basic("id", "s"));
    let bench = Bench::new(source);
    bench.grants("t");
    assert_eq!(bench.token().unwrap(), "t");
    let request = bench.last();
    assert_eq!(request.field("scope"), "a b");
    assert_eq!(request.field("tenant"), "x");
    assert_eq!(request.basic().as_deref(), Some("id:s"));
    let (header, claims) = verified(Algorithm::Es256, request.field("assertion"));
    assert_eq!(header, json!({"alg": "ES256", "kid": "k1", "typ": "authorization-grant+jwt"}));
    let expect = json!({
        "iss": "service", "sub": "user@example.com", "aud": "https://issuer.example.com", "ctx": {"tenant": 7},
        "iat": Bench::START - 30, "exp": Bench::START + 30, "jti": claims["jti"],
    });
    assert_eq!(claims, expect);
}

#[test]
fn clk_07_the_clock_is_the_runtimes_and_read_anew_for_each_try() {
    let bench = Bench::new(source(Algorithm::EdDsa));
    bench.answers(503, "");
    bench.grants("t");
    bench.step_wall(1000);
    assert_eq!(bench.token().unwrap(), "t");
    let made: Vec<Value> =
        bench.all().iter().map(|request| verified(Algorithm::EdDsa, request.field("assertion")).1).collect();
    assert_eq!(made.len(), 2);
    assert_eq!(made[0]["iat"], Bench::START + 1000 - 30);
    assert_ne!(made[0]["jti"], made[1]["jti"], "an issuer may refuse to see one twice");
}

#[test]
fn a_refused_assertion_is_not_sent_again_and_not_shown() {
    let bench = Bench::new(source(Algorithm::EdDsa));
    bench.echoes(400, |form| {
        format!(r#"{{"error":"invalid_grant","error_description":"iat in {} is wrong"}}"#, form.field("assertion"))
    });
    let error = bench.token().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert_eq!((error.code(), error.description()), (Some("invalid_grant"), Some("iat in … is wrong")));
    assert!(error.to_string().contains("the signed assertion"), "{error}");
    assert_eq!(bench.requests(), 1);
}

#[test]
fn a_computed_claim_is_no_extra_claim() {
    for name in assertion::CLAIMED {
        assert_eq!(source(Algorithm::EdDsa).claim(name, 1).unwrap_err().kind(), ErrorKind::Misconfigured, "{name}");
    }
}

#[test]
fn a_signer_that_fails_sends_nothing() {
    struct Down;

    #[async_trait]
    impl Signer for Down {
        fn algorithm(&self) -> Algorithm {
            Algorithm::Es256
        }

        async fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Error> {
            Err(Error::transient("the KMS is down"))
        }
    }

    let bench = Bench::new(JwtBearer::new(Bench::endpoint(), "service", Down));
    assert_eq!(bench.token().unwrap_err().kind(), ErrorKind::Transient);
    assert_eq!(bench.requests(), 0);
}

#[test]
fn nothing_prints_a_claim() {
    let source = source(Algorithm::Rs256).claim("secret", "s3cr3t").unwrap();
    assert!(!format!("{source:?}").contains("s3cr3t"));
}
