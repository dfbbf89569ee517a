//! What a personal access token says of itself decides before a request does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::runtime::FakeRuntime;
use crate::sources::EnvToken;
use crate::{Authenticator, Env};

/// 2026-11-22T00:00:00Z.
const NOW: u64 = 1_795_305_600;

fn jwt(claims: &str) -> String {
    format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims))
}

fn clock() -> FakeRuntime {
    let clock = FakeRuntime::new();
    let wall = clock.wall().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    clock.step_wall(NOW as i64 - wall as i64);
    clock
}

fn fetch<S: TokenSource>(source: PersonalToken<S>) -> Result<(), Error> {
    let clock = clock();
    let auth = Authenticator::builder(source).anywhere().runtime(clock.clone()).build()?;
    clock.block_on(auth.warm_up())
}

fn check(claims: &str) -> Result<(), Error> {
    fetch(PersonalToken::new(jwt(claims))?.audience("cape-api"))
}

fn refused(claims: &str, kind: ErrorKind, expect: &str) {
    let error = check(claims).unwrap_err();
    assert_eq!(error.kind(), kind, "{claims}: {error}");
    let message = error.to_string();
    assert!(message.contains(expect) && message.len() < 300, "{claims}: {message}");
}

#[test]
fn a_good_one_passes_with_and_without_an_end() {
    for claims in [
        r#"{"aud":["cape-api"],"iss":"i","iat":1,"nbf":1,"jti":"j","sub":"s"}"#,
        r#"{"aud":"cape-api","exp":1795305601}"#,
        r#"{"aud":["other","cape-api"],"exp":1.8e9,"nbf":null}"#,
        r#"{"aud":["cape-api"],"nbf":1795305630}"#,
    ] {
        check(claims).unwrap();
    }
    fetch(PersonalToken::new(jwt("{}")).unwrap()).unwrap();
}

#[test]
fn what_would_be_a_request_in_vain_is_an_error_that_says_why() {
    use ErrorKind::{ExpiredOnArrival, Misconfigured};
    let aud = r#""aud":"cape-api""#;
    refused(&format!(r#"{{{aud},"exp":1795305600}}"#), ExpiredOnArrival, "expired at 2026-11-22T00:00:00Z");
    refused(&format!(r#"{{{aud},"exp":1795305599.9}}"#), ExpiredOnArrival, "expired at 2026-11-21T23:59:59Z");
    refused(&format!(r#"{{{aud},"exp":-5}}"#), ExpiredOnArrival, "expired at 1970-01-01T00:00:00Z");
    refused(&format!(r#"{{{aud},"nbf":1795305631}}"#), Misconfigured, "not yet valid until 2026-11-22T00:00:31Z");
    refused(&format!(r#"{{{aud},"nbf":1e300}}"#), Misconfigured, "not yet valid until 9999-12-30T");
    refused(r#"{"aud":["a","b"]}"#, Misconfigured, "for another audience (a, b): one for cape-api is needed");
    refused(r#"{"aud":"Cape-API"}"#, Misconfigured, "for another audience (Cape-API)");
    refused("{}", Misconfigured, "no audience");
    refused(r#"{"aud":[]}"#, Misconfigured, "no audience");
    refused(&format!(r#"{{"aud":"a\n{}"}}"#, "b".repeat(500)), Misconfigured, "(a\u{fffd}bbb");
}

#[test]
fn what_decides_is_read_strictly() {
    for (claims, claim) in [
        (r#"{"exp":"1795305601"}"#, "`exp`"),
        (r#"{"exp":true}"#, "`exp`"),
        (r#"{"nbf":[1]}"#, "`nbf`"),
        (r#"{"aud":7}"#, "`aud`"),
        (r#"{"aud":["a",7]}"#, "`aud`"),
        (r#"{"aud":"cape-api","exp":9999999999,"exp":1}"#, "`exp`"),
        ("[]", "claims"),
        ("{", "claims"),
    ] {
        refused(claims, ErrorKind::Misconfigured, claim);
    }
    let padded = format!("{}.e30=.c2ln", URL_SAFE_NO_PAD.encode("{}"));
    assert!(fetch(PersonalToken::new(padded).unwrap()).unwrap_err().to_string().contains("claims"));
}

#[test]
fn a_token_that_is_no_jwt_passes_only_if_that_is_allowed() {
    for opaque in ["opaque", "a.b", "a.b.c", "v2.local.abc", "a.b.c.d.e"] {
        let error = fetch(PersonalToken::new(opaque).unwrap()).unwrap_err();
        assert!(error.kind() == ErrorKind::Misconfigured && error.to_string().contains("no JWT"), "{error}");
        fetch(PersonalToken::new(opaque).unwrap().allow_opaque()).unwrap();
    }
    let broken = format!("{}.!.c2ln", URL_SAFE_NO_PAD.encode("{}"));
    assert!(fetch(PersonalToken::new(broken).unwrap().allow_opaque()).is_err(), "a JWT that was damaged");
}

#[test]
fn a_token_of_a_variable_is_looked_at_in_the_same_way() {
    let of = |claims: &str| {
        PersonalToken::from_source(EnvToken::of(Env::of([("PAT", jwt(claims))]), "PAT")).audience("cape-api")
    };
    fetch(of(r#"{"aud":"cape-api"}"#)).unwrap();
    assert!(fetch(of(r#"{"aud":"other"}"#)).is_err());
    let unset = PersonalToken::from_source(EnvToken::of(Env::of::<&str, &str>([]), "PAT"));
    assert_eq!(fetch(unset).unwrap_err().kind(), ErrorKind::Unavailable);
}

#[test]
fn the_leeway_is_for_the_beginning_alone() {
    let source = |claims: &str| PersonalToken::new(jwt(claims)).unwrap().leeway(Duration::from_secs(3600));
    fetch(source(r#"{"nbf":1795309200}"#)).unwrap();
    assert!(fetch(source(r#"{"nbf":1795309201}"#)).is_err());
    assert!(fetch(source(r#"{"exp":1795305600}"#)).is_err());
}

#[test]
fn a_replaced_token_is_looked_at_anew() {
    let source = PersonalToken::new(jwt(r#"{"exp":1000}"#)).unwrap();
    let handle = source.handle();
    let clock = clock();
    let auth = Authenticator::builder(source).anywhere().runtime(clock.clone()).build().unwrap();
    assert!(clock.block_on(auth.warm_up()).is_err());
    let next = jwt(r#"{"sub":"next"}"#);
    handle.replace(next.clone()).unwrap();
    clock.block_on(auth.warm_up()).unwrap();
    let credential = clock.block_on(auth.token(Duration::ZERO)).unwrap();
    assert_eq!(credential.secret().map(Secret::expose), Some(&next[..]));
}
