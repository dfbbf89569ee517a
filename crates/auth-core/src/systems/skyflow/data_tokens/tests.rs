//! What a signed data token says.

use serde_json::json;

use super::*;
use crate::runtime::FakeRuntime;
use crate::signer::Algorithm;
use crate::signer::test_keys::{key, verified};

fn signer(clock: &FakeRuntime) -> DataTokens {
    let credentials = Credentials::with_signer("cid", "kid", "https://manage.skyflowapis.com/t", key(Algorithm::Rs256));
    DataTokens::new(credentials.unwrap()).runtime(clock.clone())
}

fn claims(signed: &SignedDataToken) -> Value {
    let jwt = signed.signed().expose().strip_prefix("signed_token_").unwrap();
    let (header, claims) = verified(Algorithm::Rs256, jwt);
    assert_eq!(header, json!({"alg": "RS256", "typ": "JWT"}));
    claims
}

#[test]
fn each_data_token_is_signed_for_a_minute() {
    let clock = FakeRuntime::new();
    let now = clock.now().wall().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let all = clock.block_on(signer(&clock).sign(["dt1", "dt2"])).unwrap();
    assert_eq!(all.iter().map(SignedDataToken::data_token).collect::<Vec<_>>(), ["dt1", "dt2"]);
    for signed in &all {
        let expect = json!({
            "iss": "sdk", "key": "kid", "sub": "cid", "tok": signed.data_token(), "iat": now, "exp": now + 60,
        });
        assert_eq!(claims(signed), expect);
    }
}

#[test]
fn time_and_context_can_be_said() {
    let clock = FakeRuntime::new();
    let signer = signer(&clock).time_to_live(Duration::from_secs(90)).unwrap().ctx("user-42").unwrap();
    let all = clock.block_on(signer.sign(["dt1"])).unwrap();
    let claims = claims(&all[0]);
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 90);
    assert_eq!(claims["ctx"], "user-42");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let clock = FakeRuntime::new();
    assert!(signer(&clock).time_to_live(Duration::from_millis(999)).is_err());
    assert!(signer(&clock).ctx(json!([1])).is_err());
    assert!(clock.block_on(signer(&clock).sign(["dt1", ""])).is_err());
    assert!(clock.block_on(signer(&clock).sign::<&str>([])).unwrap().is_empty());
}
